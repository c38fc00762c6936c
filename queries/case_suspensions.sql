-- grain: one 執行停止, or 取消 of one (matter), that was decided here, the newest first
-- action: case.read
select distinct decision, matter, decided_on, ground, cancel_ground
from disclosed.suspension_paper
where atena_ref = $atena_ref
order by decided_on desc, decision
