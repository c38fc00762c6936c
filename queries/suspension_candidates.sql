-- grain: one delinquent × 号 with verdict 該当の疑い or 資料不足; one page of $page_size rows
-- action: suspension_candidate.read
select *, count(*) over () as total_count
from disclosed.suspension_candidate
where ($district is null or district_code = $district)
  and ($verdict is null or verdict = $verdict)
  and ($ground is null or ground = $ground)
order by case verdict when '該当の疑い' then 1 else 2 end, active_yen desc, atena_ref, ground
limit $page_size offset $skipped
