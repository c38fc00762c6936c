-- grain: one plan (分納) of a delinquent recorded here that stands and is not cancelled
-- action: case.read
select event_id, pledged_on, summary, yen
from disclosed.plan
where atena_ref = $atena_ref
order by pledged_on desc, event_id
