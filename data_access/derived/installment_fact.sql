-- grain: one fact that the 延滞金 or the 時効 of one open installment rests on: a receipt, a write-off, an exempt span, an event
create or replace table derived.installment_fact as
with received as (
    select notice_number, installment_no, '収納' as fact, received_on as from_date, principal_yen, charge_yen
    from source.receipt
    semi join derived.open_installment using (notice_number, installment_no)
), written_off as (
    select notice_number, installment_no, '欠損' as fact, written_off_on as from_date, written_off_yen as principal_yen
    from source.write_off
    semi join derived.open_installment using (notice_number, installment_no)
), exempted as (
    select notice_number, installment_no, '免除' as fact, from_date, to_date, kind, ground, record
    from derived.charge_exemption
), happened as (
    select notice_number, installment_no, '時効' as fact, happened_on as from_date, ended_on as to_date, kind, end_reason, is_confirmed, deadline, ground, record
    from derived.prescription_event
), every_fact as (
    from received union all by name from written_off union all by name from exempted union all by name from happened
)
select open_installment.atena_number, every_fact.*
from every_fact
join derived.open_installment as open_installment using (notice_number, installment_no)
order by atena_number, notice_number, installment_no, from_date
