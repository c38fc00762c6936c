-- 期別調定納付書発行回数: how often a slip was issued, and until when the last one can be paid at a shop
-- grain: one installment for which a slip was issued
create or replace table derived.installment_slip_count as
select
    notice_number,
    installment_no,
    count(*) as slip_count,
    max(issued_on) as last_issued_on,
    max(barcode_valid_until) as barcode_valid_until
from source.payment_slip
group by all
order by all
