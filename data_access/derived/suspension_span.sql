-- 執行停止 in force on as_of (law/suspension.py explains one).
-- grain: one open installment that is suspended, by its earliest suspension in force. three_years_on: at the end of this
-- day the duty to pay is extinguished (地方税法15条の7第4項); the first day is not counted. 時効 runs on meanwhile.
-- is_extinguished: it was extinguished at once (第5項) with that suspension; what is left is to write it off.
create or replace table derived.suspension_span as
with stopped as (
    select
        suspension.notice_number,
        suspension.installment_no,
        open_installment.levy_kind,
        suspension.ground as suspension_ground,
        suspension.decided_on as suspended_on,
        bool_or(suspension.is_immediate) over (
            partition by suspension.notice_number, suspension.installment_no, suspension.decided_on) as is_extinguished
    from derived.suspension_installment as suspension
    join derived.open_installment as open_installment using (notice_number, installment_no)
    where suspension.decided_on <= getvariable('as_of')
        and (suspension.cancelled_on is null or suspension.cancelled_on > getvariable('as_of'))
    qualify row_number() over (
        partition by suspension.notice_number, suspension.installment_no order by suspension.decided_on, suspension.suspension_number) = 1
)
select
    stopped.notice_number,
    stopped.installment_no,
    stopped.suspension_ground,
    stopped.suspended_on,
    stopped.is_extinguished,
    cast(stopped.suspended_on + 1 + to_months(cast(policy.extinction_years * 12 as integer)) as date) as anniversary,
    if(
        policy.extinction_years is null,
        error('suspension.toml: ' || stopped.suspended_on || ' の値がありません。項目を足してください。'),
        -- the day before the anniversary, or the month's end where there is none (民法143条2項)
        anniversary - cast(day(anniversary) = day(stopped.suspended_on + 1) as integer)
    ) as three_years_on
from stopped
left join law.suspension_policy as policy
    on policy.levy_kind = stopped.levy_kind
    and stopped.suspended_on between policy.from_date and policy.to_date
