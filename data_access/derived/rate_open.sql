-- grain: 分け方 × its part × one installment that is overdue and open this fiscal year: the list behind the 滞納 of each part
create or replace table derived.rate_open as
select dimension, part, year_class, notice_number, installment_no, atena_number, due_date, opening_yen as assessed_yen, overdue_yen
from derived.rate_slice
where overdue_yen <> 0
order by dimension, part, year_class, overdue_yen desc, notice_number, installment_no
