-- grain: one installment of one 不納欠損 of the person that was decided here, the newest first; of one that was reversed with when and why
-- action: case.read
select * exclude (atena_ref, seq)
from disclosed.case_write_off
where atena_ref = $atena_ref
order by seq desc, installment_key
