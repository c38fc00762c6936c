-- grain: one delinquent of a 名簿 whom a 試行 may take in: nobody under protection, nobody wholly under 執行停止
-- action: trial.propose
select atena_ref
from disclosed.worklist
where list_contains(list_transform(reasons, lambda reason: reason.queue), $queue)
  and ($district is null or district_code = $district)
  and not is_protected
  and not coalesce(is_wholly_suspended, true)
order by atena_ref
