-- grain: one event of a delinquent's case, newest first
-- action: case.read
select happened_on, kind, summary, yen, body, written_by, recorded_at
from disclosed.event
where atena_ref = $atena_ref and ($kind is null or kind = $kind)
order by happened_on desc, recorded_at desc nulls last, seq desc, kind
limit 500
