-- grain: one installment that is overdue and not fully paid at the snapshot's date
create or replace table derived.open_installment as
select notice_number, installment_no, atena_number, levy_kind, levy_year, due_date, assessed_yen, unpaid_yen
from derived.balance
where unpaid_yen > 0 and due_date < getvariable('as_of')
