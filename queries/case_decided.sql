-- grain: one installment of which a 停止, its 取消 or a 不納欠損 was decided here, with the newest that stands
-- action: case.read
select installment_key, decided, of_stop_on
from disclosed.decided_installment
where atena_ref = $atena_ref
order by installment_key
