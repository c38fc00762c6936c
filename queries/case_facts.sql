-- grain: one receipt, write-off, exempt span or event behind the amounts and dates of a delinquent's overdue installments
-- action: case.read
select installment_key, fact, from_date, to_date, principal_yen, charge_yen, kind, end_reason, is_confirmed, deadline
from disclosed.installment_fact
where atena_ref = $atena_ref
order by installment_key, from_date
