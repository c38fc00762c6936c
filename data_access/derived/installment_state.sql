-- grain: one installment (期別), with what came in for it by kind; late: after its 納期限. What 増減の内訳 compares of two days (change.py)
-- block: a few notices of one fiscal year, the same on every day; installment_block says of each whether anything in it has changed
create or replace table derived.installment_state as
with received as (
    select
        receipt.notice_number,
        receipt.installment_no,
        coalesce(sum(principal_yen) filter (receipt_kind = '収納'), 0)::bigint as paid_yen,
        coalesce(sum(principal_yen) filter (receipt_kind = '充当'), 0)::bigint as applied_yen,
        coalesce(sum(principal_yen) filter (receipt_kind = '還付'), 0)::bigint as refunded_yen,
        coalesce(sum(principal_yen) filter (receipt_kind = '取消'), 0)::bigint as cancelled_yen,
        coalesce(sum(principal_yen) filter (receipt_kind = '収納' and received_on > due_date), 0)::bigint as late_paid_yen,
        coalesce(sum(principal_yen) filter (receipt_kind = '充当' and received_on > due_date), 0)::bigint as late_applied_yen,
        coalesce(sum(principal_yen) filter (receipt_kind = '還付' and received_on > due_date), 0)::bigint as late_refunded_yen,
        coalesce(sum(principal_yen) filter (receipt_kind = '取消' and received_on > due_date), 0)::bigint as late_cancelled_yen
    from source.receipt as receipt
    join source.installment as installment using (notice_number, installment_no)
    group by all
)
select
    balance.notice_number,
    balance.installment_no,
    balance.atena_number,
    balance.assessment_fiscal_year,
    (balance.assessment_fiscal_year * 65536 + hash(balance.notice_number) % 65536)::bigint as block,
    balance.due_date,
    balance.assessed_yen,
    balance.refund_due_yen,
    balance.written_off_yen,
    balance.unpaid_yen,
    coalesce(paid_yen, 0) as paid_yen,
    coalesce(applied_yen, 0) as applied_yen,
    coalesce(refunded_yen, 0) as refunded_yen,
    coalesce(cancelled_yen, 0) as cancelled_yen,
    coalesce(late_paid_yen, 0) as late_paid_yen,
    coalesce(late_applied_yen, 0) as late_applied_yen,
    coalesce(late_refunded_yen, 0) as late_refunded_yen,
    coalesce(late_cancelled_yen, 0) as late_cancelled_yen
from derived.balance as balance
left join received using (notice_number, installment_no)
order by balance.notice_number, balance.installment_no
