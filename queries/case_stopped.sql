-- grain: one delinquent of whom a 停止 was decided here and the feeds do not know yet: none where there is none
-- action: case.read
select stopped_on, stopped_count, extinguished_count, stopped_yen, is_whole
from disclosed.stopped_since
where atena_ref = $atena_ref
