-- grain: one 居所調査・送付先 that waits for a second account to confirm it
-- action: case.read
select event_id, happened_on, summary, written_by
from disclosed.unconfirmed_finding
where atena_ref = $atena_ref
order by happened_on
