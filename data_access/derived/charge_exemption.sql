-- 延滞金の免除: the days of an installment on which nothing, or only half, is charged (law/exemption.py; 地方税法15条の9第1項).
-- grain: one exempt span of one open installment; kind full | half; both days are exempt, to_date null = still running.
-- ground: the word of delinquency_charge.toml; record: where the 猶予 or 停止 is written down.
-- A 執行停止 exempts from its day until the day before its cancellation, a 猶予 as derived.grace_span says, both as far as
-- the city lets 15条の9 apply. What only a person's decision exempts has no feed yet.
create or replace table derived.charge_exemption as
with stood as (
    select notice_number, installment_no, '執行停止' as ground, decided_on as from_date, cancelled_on - 1 as to_date,
        '停止 ' || suspension_number as record
    from derived.suspension_installment
    where decided_on < coalesce(cancelled_on, 'infinity')
    union all by name
    select notice_number, installment_no, exemption_ground as ground, from_date, exempt_to as to_date,
        '猶予 ' || grace_number as record
    from derived.grace_span
    where exempt_to is not null
)
select stood.notice_number, stood.installment_no, stood.from_date, stood.to_date, ground.kind, stood.ground, stood.record
from stood
join derived.open_installment using (notice_number, installment_no)
join law.exemption_ground as ground
    on ground.ground = stood.ground
    and stood.from_date between ground.from_date and ground.to_date
join law.levy_policy
    on levy_policy.levy_kind = open_installment.levy_kind
    and stood.from_date between levy_policy.from_date and levy_policy.to_date
where levy_policy.charge_exemption_applies
    and not ground.is_discretionary
    and stood.from_date <= getvariable('as_of')
