-- grain: one 執行停止, or 取消 of one (matter), that was decided here, the newest first
-- action: case.read
select decision, matter, decided_on, ground, cancel_ground, installment_count
from disclosed.suspension_decided
where atena_ref = $atena_ref
order by seq desc
