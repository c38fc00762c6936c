-- grain: one 執行停止 that was decided here, the newest first
-- action: case.read
select distinct decision, decided_on, ground
from disclosed.suspension_paper
where atena_ref = $atena_ref
order by decided_on desc, decision
