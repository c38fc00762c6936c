-- 時効の突合: the date the source system stores against the computed one (law/prescription_comparison.py compares one).
-- grain: one row per open installment. 料 is held against the stored 2年 date, 税 against the 5年 date; days: stored minus
-- computed, so that more than 0 means it warns too late. reason is null where naming it needs the events one by one:
-- data_access/prescription_reason.py fills these, the few rows that differ.
create or replace table derived.prescription_difference as
with stored as (
    select
        open_installment.atena_number,
        open_installment.notice_number,
        open_installment.installment_no,
        open_installment.levy_kind,
        open_installment.levy_year,
        open_installment.due_date,
        open_installment.unpaid_yen,
        if(levy_kind = '料', stored_prescription_2y_on, stored_prescription_5y_on) as stored_on,
        if(levy_kind = '料', stored_prescription_5y_on, stored_prescription_2y_on) as other_stored_on,
        prescription.completes_on as computed_on,
        prescription.later_reading_on,
        prescription.is_held
    from derived.open_installment
    join derived.prescription using (notice_number, installment_no)
    left join source.installment as installment using (notice_number, installment_no)
)
select
    * exclude (later_reading_on),
    stored_on - computed_on as days,
    case
        when stored_on = computed_on then '一致'
        when stored_on is null and other_stored_on = computed_on then '料と税の年数を取り違えている'
        when stored_on is null then '登録がない'
        when stored_on = later_reading_on then '督促の指定期限から数えている'
    end as reason
from stored
order by atena_number, due_date, notice_number, installment_no
