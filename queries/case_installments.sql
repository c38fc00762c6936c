-- grain: one installment of a delinquent; $only_overdue leaves the paid and the not yet due out
-- action: case.read
select * exclude (atena_ref)
from disclosed.installment
where atena_ref = $atena_ref and (is_overdue or not $only_overdue)
order by due_date, installment_no
