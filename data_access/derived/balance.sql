-- grain: one installment (通知書番号 × 期別): what was assessed, came in, was written off, is open
-- 調定 = 収納 − 還付未済 + 不納欠損 + 収入未済 (決算の恒等式)
create or replace table derived.balance as
with received as (
    select
        notice_number,
        installment_no,
        sum(principal_yen)::bigint as received_yen,
        sum(charge_yen)::bigint as charge_paid_yen,
        max(received_on) filter (where principal_yen > 0) as last_received_on
    from source.receipt
    group by all
), refundable as (
    select notice_number, installment_no, sum(overpaid_yen - settled_yen)::bigint as refund_due_yen
    from source.overpayment
    group by all
), flash as (
    select notice_number, installment_no, sum(paid_yen)::bigint as flash_yen, max(paid_on) as flash_on
    from source.flash_receipt
    group by all
)
select
    installment.notice_number,
    installment.installment_no,
    assessment.atena_number,
    assessment.levy_kind,
    assessment.levy_year,
    assessment.assessment_fiscal_year,
    assessment.payment_method,
    installment.due_date,
    installment.assessed_yen,
    coalesce(received.received_yen, 0) as received_yen,
    coalesce(refundable.refund_due_yen, 0) as refund_due_yen,
    coalesce(write_off.written_off_yen, 0) as written_off_yen,
    (installment.assessed_yen - coalesce(received.received_yen, 0) + coalesce(refundable.refund_due_yen, 0)
        - coalesce(write_off.written_off_yen, 0))::bigint as unpaid_yen,
    coalesce(received.charge_paid_yen, 0) as charge_paid_yen,
    received.last_received_on,
    coalesce(flash.flash_yen, 0) as flash_yen,
    flash.flash_on,
    installment.stored_received_yen,
    installment.stored_unpaid_yen
from source.installment as installment
join source.annual_assessment as assessment using (notice_number)
left join received using (notice_number, installment_no)
left join refundable using (notice_number, installment_no)
left join source.write_off as write_off using (notice_number, installment_no)
left join flash using (notice_number, installment_no)
