-- grain: one notice whose 開始期別 is not the first of its 期別, or counts them otherwise
with billed as (
    select notice_number, min(installment_no) as installment_no, count(*) as installment_count
    from {installment}
    group by notice_number
)
select notice_number
from {first_installment} as first_installment
join billed using (notice_number)
where first_installment.installment_no <> billed.installment_no or first_installment.installment_count <> billed.installment_count
