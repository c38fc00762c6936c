-- grain: one installment of a delinquent, paid or not, with what the law says of the open ones
-- claim_state: what may be done with an open one on as_of. 消滅 = past extinct_from, 時効経過 = past its date (a person sees
-- in both cases whether it completed), 差押不可 = one of seizure_bars is in force, 差押可能 = from seizable_from on (of
-- seizure_cautions in force a person thinks first). left_charge_yen: 延滞金 left of an installment whose 本料 is paid (left_charge).
-- held_by: the events in force that keep a held one from completing (law/prescription_event.py, holding).
create or replace table derived.case_installment as
with delinquent as (
    select distinct atena_number from derived.open_installment
), attached as (
    select scope.notice_number, scope.installment_no, min(disposition.disposition_kind) as disposition_kind
    from source.disposition as disposition
    join source.disposition_installment as scope using (disposition_number)
    where disposition.ended_on is null
    group by all
), barred as (
    select notice_number, installment_no, list(reason order by rank) as seizure_bars
    from derived.seizure_bar
    group by all
), cautioned as (
    select notice_number, installment_no, list(distinct event_kind order by event_kind) as seizure_cautions
    from derived.grace_span as span
    join law.seizure_caution as caution
        on caution.fact = span.event_kind
        and getvariable('as_of') between caution.from_date and caution.to_date
    where getvariable('as_of') between span.from_date and span.runs_to
    group by all
), sent as (
    select notice_number, installment_no, issued_on
    from source.demand
    where withdrawn_on is null or withdrawn_on > getvariable('as_of')
), holding as (
    select event.notice_number, event.installment_no, list(distinct event.kind order by event.kind) as held_by
    from derived.prescription_event as event
    join derived.open_installment as installment using (notice_number, installment_no)
    join law.prescription_rule as rule
        on rule.levy_kind = installment.levy_kind
        and event.happened_on between rule.from_date and rule.to_date
    where (event.ended_on is null or event.ended_on > getvariable('as_of'))
        and (
            event.kind in ('差押', '天災')
            or event.kind = '交付要求' and rule.distribution_claim_holds
            or event.kind in ('徴収猶予', '換価猶予') and rule.deferral_pauses
        )
    group by all
), planned as (
    select scope.notice_number, scope.installment_no, max(plan.plan_number) as plan_number
    from derived.plan_state as plan
    join derived.installment_plan_scope as scope using (plan_number)
    where plan.plan_state in ('履行中', '不履行')
    group by all
)
select
    balance.* exclude (stored_received_yen, stored_unpaid_yen),
    balance.due_date < getvariable('as_of') and balance.unpaid_yen > 0 as is_overdue,
    coalesce(charge.charge_yen, 0) as charge_yen,
    coalesce(charge.computed_yen, 0) as computed_charge_yen,
    charge.forced_charge_yen,
    coalesce(charge.exempt_days, 0) as exempt_days,
    prescription.completes_on,
    prescription.later_reading_on,
    prescription.extinct_from,
    coalesce(prescription.needs_person, false) as needs_person,
    prescription.renewed_by,
    prescription.renewed_on,
    coalesce(prescription.is_held, false) as is_held,
    if(prescription.is_held, holding.held_by, null) as held_by,
    coalesce(left_charge.left_charge_yen, 0) as left_charge_yen,
    left_charge.stopped_on as left_charge_stopped_on,
    left_charge.completes_on as left_charge_completes_on,
    coalesce(demand.issued_on, sent.issued_on) as demanded_on,
    service.returned_on as demand_returned_on,
    service.served_on as demand_served_on,
    demand.deadline as demand_deadline,
    demand.seizable_from,
    coalesce(demand.is_missed, false) as is_demand_missed,
    attached.disposition_kind,
    suspended.suspension_ground,
    suspended.suspended_on,
    suspended.three_years_on,
    coalesce(suspended.is_extinguished, false) as is_extinguished,
    coalesce(barred.seizure_bars, []) as seizure_bars,
    coalesce(cautioned.seizure_cautions, []) as seizure_cautions,
    case
        when not is_overdue then null
        when not prescription.is_held and prescription.extinct_from <= getvariable('as_of') then '消滅'
        when not prescription.is_held and prescription.completes_on < getvariable('as_of') then '時効経過'
        when demand.seizable_from <= getvariable('as_of') and len(barred.seizure_bars) > 0 then '差押不可'
        when demand.seizable_from <= getvariable('as_of') then '差押可能'
    end as claim_state,
    planned.plan_number
from derived.balance as balance
semi join delinquent using (atena_number)
left join derived.delinquency_charge as charge using (notice_number, installment_no)
left join derived.prescription as prescription using (notice_number, installment_no)
left join derived.demand_state as demand using (notice_number, installment_no)
left join derived.demand_service as service using (notice_number, installment_no)
left join derived.left_charge as left_charge using (notice_number, installment_no)
left join sent using (notice_number, installment_no)
left join attached using (notice_number, installment_no)
left join derived.suspension_span as suspended using (notice_number, installment_no)
left join barred using (notice_number, installment_no)
left join holding using (notice_number, installment_no)
left join cautioned using (notice_number, installment_no)
left join planned using (notice_number, installment_no)
order by balance.atena_number, balance.due_date, balance.installment_no
