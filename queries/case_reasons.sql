-- grain: one reason a delinquent is on the worklist
-- action: case.read
select queue, day, yen
from disclosed.reason
where atena_ref = $atena_ref
order by urgency
