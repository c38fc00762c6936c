-- The period of the 時効 as it is without any event (law/prescription.py; 民法140条: the due date is not counted).
-- grain: one row per open installment, numbered by installment_id for what follows. starts_on: first counted day; start_until: complete at the end of that day.
create or replace table derived.prescription_period as
select
    row_number() over () as installment_id,
    open_installment.notice_number,
    open_installment.installment_no,
    open_installment.levy_kind,
    open_installment.due_date,
    due_date + 1 as starts_on,
    cast(levy_policy.prescription_years * 12 as integer) as period_months,
    cast(starts_on + to_months(period_months) as date) as anniversary,
    -- the day before the anniversary, or the month's end where there is none (民法143条2項)
    anniversary - cast(day(anniversary) = day(starts_on) as integer) as start_until
from derived.open_installment
left join law.levy_policy
    on levy_policy.levy_kind = open_installment.levy_kind
    and open_installment.due_date between levy_policy.from_date and levy_policy.to_date
