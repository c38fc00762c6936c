-- 延滞金の免除: the days of an installment on which nothing, or only half, is charged (law/exemption.py; 地方税法15条の9第1項).
-- grain: one exempt span of one open installment; kind full | half; both days are exempt, to_date null = still running.
-- A 執行停止 exempts from its day until the day before its cancellation, as far as the city lets 15条の9 apply.
create or replace table derived.charge_exemption as
select
    scope.notice_number,
    scope.installment_no,
    suspension.decided_on as from_date,
    suspension.cancelled_on - 1 as to_date,
    ground.kind
from source.suspension as suspension
join source.suspension_installment as scope using (suspension_number)
join derived.open_installment using (notice_number, installment_no)
join law.exemption_ground as ground on ground.ground = '執行停止'
join law.levy_policy
    on levy_policy.levy_kind = open_installment.levy_kind
    and suspension.decided_on between levy_policy.from_date and levy_policy.to_date
where levy_policy.charge_exemption_applies
    and suspension.decided_on <= getvariable('as_of')
    and suspension.decided_on < coalesce(suspension.cancelled_on, 'infinity')
