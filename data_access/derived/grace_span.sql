-- 徴収猶予・換価猶予 of the open installments, as far as they ran (law/grace_ground.py explains one).
-- grain: one 猶予 × open installment. runs_to: its last day, the day before a cancellation. exempt_to: the last day of
-- the exemption, before the day of the cancelling fact (地方税法15条の9第1項ただし書); null = nothing is exempt.
create or replace table derived.grace_span as
with granted as (
    select
        scope.notice_number,
        scope.installment_no,
        open_installment.levy_kind,
        grace.grace_number,
        grace.grace_kind,
        grace.ground,
        grace.from_date,
        least(grace.to_date, grace.cancelled_on - 1) as runs_to,
        least(runs_to, grace.cancelling_fact_on - 1) as exempt_until
    from source.grace as grace
    join source.grace_installment as scope using (grace_number)
    join derived.open_installment as open_installment using (notice_number, installment_no)
    where grace.granted_on <= getvariable('as_of')
)
select
    granted.notice_number,
    granted.installment_no,
    granted.levy_kind,
    granted.grace_number,
    granted.grace_kind,
    if(
        grace_ground.event_kind is null,
        error('猶予 ' || granted.grace_number || ' の猶予区分と猶予事由の組が grace.toml にありません。滞納システムの値を確かめてください。'),
        grace_ground.event_kind
    ) as event_kind,
    granted.from_date,
    granted.runs_to,
    if(granted.exempt_until >= granted.from_date, granted.exempt_until, null) as exempt_to,
    grace_ground.exemption_ground,
    grace_ground.stops_demand
from granted
left join law.grace_ground
    on grace_ground.grace_kind = granted.grace_kind
    and grace_ground.ground = granted.ground
    and grace_ground.levy_kind = granted.levy_kind
    and granted.from_date between grace_ground.from_date and grace_ground.to_date
where granted.runs_to >= granted.from_date
order by granted.notice_number, granted.installment_no, granted.from_date, granted.grace_number
