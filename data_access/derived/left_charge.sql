-- 延滞金 left when the 本料 was paid (law/other_clock.py explains the clock of one).
-- grain: one installment wholly paid, nothing of it written off, whose 確定延滞金 (or 強制値) is more than the 延滞金 received.
-- The amount is the one the source fixed on the day of the last payment (stopped_on); derived.difference holds it against the law.
-- completes_on: complete at the end of that day, counted anew from the last payment (税: 地方税法18条の2第6項; 料 has no article,
-- so needs_person).
create or replace table derived.left_charge as
with left_over as (
    select
        balance.atena_number,
        balance.notice_number,
        balance.installment_no,
        balance.levy_kind,
        coalesce(installment.forced_charge_yen, installment.fixed_charge_yen) - balance.charge_paid_yen as left_charge_yen,
        balance.last_received_on as stopped_on
    from derived.balance as balance
    join source.installment as installment using (notice_number, installment_no)
    where balance.unpaid_yen = 0
        and balance.written_off_yen = 0
        and balance.last_received_on > balance.due_date
        and coalesce(installment.forced_charge_yen, installment.fixed_charge_yen) > balance.charge_paid_yen
)
select
    left_over.*,
    stopped_on + 1 as starts_on,
    cast(starts_on + to_months(cast(policy.prescription_years * 12 as integer)) as date) as anniversary,
    if(
        policy.levy_kind is null or rule.levy_kind is null,
        error('levy_policy.toml・prescription.toml: ' || stopped_on || ' の値がありません。'),
        -- the day before the anniversary, or the month's end where there is none (民法143条2項)
        anniversary - cast(day(anniversary) = day(starts_on) as integer)
    ) as completes_on,
    not rule.charge_clock_is_own as needs_person
from left_over
left join law.levy_policy as policy
    on policy.levy_kind = left_over.levy_kind
    and left_over.stopped_on between policy.from_date and policy.to_date
left join law.prescription_rule as rule
    on rule.levy_kind = left_over.levy_kind
    and left_over.stopped_on between rule.from_date and rule.to_date
