-- grain: one reason a delinquent is on the worklist
-- action: case.read
with listed as (
    select unnest(reasons) as reason
    from disclosed.worklist
    where atena_ref = $atena_ref
)
select reason.queue as queue, reason.day as day, reason.yen as yen
from listed
order by reason.urgency
