-- grain: one mark of 支援措置 recorded here that stands and is not lifted
-- action: case.read
select event_id, happened_on, summary
from disclosed.protection_mark
where atena_ref = $atena_ref
order by happened_on
