-- grain: one receipt, write-off, exempt span or event or letter behind the amounts and dates of one overdue installment
-- action: case.read
select fact, from_date, to_date, principal_yen, charge_yen, kind, end_reason, is_confirmed, deadline, ground, record, resent_on, served_on
from disclosed.installment_fact
where atena_ref = $atena_ref and installment_key = $installment_key
order by from_date
