-- 督促 of every open installment as known on as_of: by when, when, and from which day an attachment is possible
-- (law/demand.py explains one).
-- grain: one row per open installment. is_missed (督促漏れ): unpaid, not demanded, past the deadline, and nothing stops it:
-- stopped_by is the 猶予 in force on as_of that stops a new 督促 (徴収猶予, 地方税法15条の2の3第1項).
-- designated_deadline: as recorded, else the city's usual one. Every day behind seizable_from stays visible; a 督促 that came
-- back and was not served since (demand_service) gives none.
create or replace table derived.demand_state as
with stopping as (
    select notice_number, installment_no, min(event_kind) as stopped_by
    from derived.grace_span
    where stops_demand and getvariable('as_of') between from_date and runs_to
    group by all
),
-- the day of dispatch is the first of the waiting days (地方税法728条1項1号 "起算して"), hence + 1 after them
waiting as (
    select
        open_installment.notice_number,
        open_installment.installment_no,
        open_installment.due_date + cast(on_due.demand_deadline_days as integer) as deadline,
        demand.issued_on,
        coalesce(
            demand.designated_deadline,
            demand.served_on + cast(on_service.designated_deadline_days as integer)
        ) as designated_deadline,
        demand.served_on + cast(on_service.seizure_wait_days as integer) + 1 as after_dispatch,
        on_service.seizure_waits_for_designated_deadline as waits,
        on_service.designated_deadline_rolls_forward as rolls,
        open_installment.levy_kind,
        on_issue.demand_fee_yen as fee_yen,
        stopping.stopped_by
    from derived.open_installment
    left join derived.demand_service as demand using (notice_number, installment_no)
    left join stopping using (notice_number, installment_no)
    left join law.levy_policy as on_due
        on on_due.levy_kind = open_installment.levy_kind
        and open_installment.due_date between on_due.from_date and on_due.to_date
    left join law.levy_policy as on_issue
        on on_issue.levy_kind = open_installment.levy_kind
        and demand.issued_on between on_issue.from_date and on_issue.to_date
    left join law.levy_policy as on_service
        on on_service.levy_kind = open_installment.levy_kind
        and demand.served_on between on_service.from_date and on_service.to_date
)
select
    waiting.notice_number,
    waiting.installment_no,
    if(deadline is null, error('levy_policy.toml: 督促の期限のない納期限があります。'), deadline) as deadline,
    issued_on,
    designated_deadline,
    after_dispatch,
    designated_deadline + 1 as after_designated_deadline,
    -- a 指定期限 on a closed day: whether an attachment waits for the next open day is the city's setting
    if(rolls, coalesce(calendar_day.opens_on, designated_deadline) + 1, after_designated_deadline) as after_waiting,
    if(waits, greatest(after_dispatch, after_waiting), after_dispatch) as seizable_from,
    fee_yen,
    stopped_by,
    issued_on is null and deadline < getvariable('as_of') and stopped_by is null as is_missed
from waiting
left join law.calendar_day
    on calendar_day.levy_kind = waiting.levy_kind
    and calendar_day.day = waiting.designated_deadline
