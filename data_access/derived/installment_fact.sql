-- grain: one fact that the 延滞金, the 督促 or the 時効 of one open installment rests on: a receipt, a write-off, an exempt
-- span, the 督促 that counts (督促), a 督促状 that came back (返戻: from_date sent, to_date came back, kind the reason), an event
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
), demanded as (
    select notice_number, installment_no, '督促' as fact, issued_on as from_date, returned_on as to_date, recorded_deadline as deadline
    from derived.demand_service
), returned as (
    select notice_number, installment_no, '返戻' as fact, sent_on as from_date, returned_on as to_date, returned_reason as kind, resent_on, served_on
    from source.returned_mail
    semi join derived.demand_service using (notice_number, installment_no)
    where mail_kind = '督促状'
), every_fact as (
    from received union all by name from written_off union all by name from exempted union all by name from happened
    union all by name from demanded union all by name from returned
)
select open_installment.atena_number, every_fact.*
from every_fact
join derived.open_installment as open_installment using (notice_number, installment_no)
order by atena_number, notice_number, installment_no, from_date
