-- grain: one 本人確認 of a delinquent, newest first
-- action: case.read
select happened_on, summary, written_by
from disclosed.identity_check
where atena_ref = $atena_ref
order by happened_on desc, seq desc
limit 5
