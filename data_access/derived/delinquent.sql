-- grain: one delinquent (滞納者): a person with an overdue, unpaid installment at the snapshot's date
-- Everything the worklists, dashboards and screening ask of a case, computed once per snapshot.
create or replace table derived.delinquent as
with debt as (
    select
        atena_number,
        count(*) as open_count,
        sum(unpaid_yen)::bigint as unpaid_yen,
        sum(unpaid_yen) filter (where assessment_fiscal_year = getvariable('fiscal_year'))::bigint as current_unpaid_yen,
        sum(unpaid_yen) filter (where assessment_fiscal_year < getvariable('fiscal_year'))::bigint as carried_unpaid_yen,
        coalesce(sum(unpaid_yen) filter (where suspension_ground is not null), 0)::bigint as suspended_yen,
        coalesce(sum(unpaid_yen) filter (where is_extinguished), 0)::bigint as extinguished_yen,
        sum(charge_yen)::bigint as charge_yen,
        sum(flash_yen)::bigint as flash_yen,
        min(due_date) as oldest_due_date,
        bool_or(is_demand_missed) as is_demand_missed,
        min(demand_deadline) filter (where is_demand_missed) as missed_demand_deadline,
        bool_and(suspension_ground is not null) as is_wholly_suspended,
        bool_or(disposition_kind is not null) as has_disposition,
        bool_or(is_held) as is_partly_held,
        bool_or(demand_returned_on is not null and demand_served_on is null) as is_demand_unserved,
        min(seizable_from) as seizable_from
    from derived.case_installment
    where is_overdue
    group by atena_number
), left_over as (
    -- 延滞金 of installments whose 本料 is paid
    select atena_number, sum(left_charge_yen)::bigint as left_charge_yen
    from derived.left_charge
    group by atena_number
), prescribing as (
    -- all that completes on the next day to come, e.g. every installment renewed by one written pledge; what is
    -- under 執行停止 is left to run (15条の7第4項), so it is on no list until its day has passed
    select atena_number, completes_on as prescription_on, sum(unpaid_yen)::bigint as prescription_yen
    from derived.case_installment
    where is_overdue and not is_held and suspension_ground is null and completes_on >= getvariable('as_of')
    group by atena_number, completes_on
    qualify row_number() over (partition by atena_number order by completes_on) = 1
), lapsed as (
    -- the date has passed by the earlier reading, under 執行停止 too: a person has to see whether it completed
    select atena_number, min(completes_on) as lapsed_on, sum(unpaid_yen)::bigint as lapsed_yen
    from derived.case_installment
    where claim_state in ('消滅', '時効経過')
    group by atena_number
), paid as (
    select assessment.atena_number, receipt.received_on as last_payment_on, sum(receipt.principal_yen)::bigint as last_payment_yen
    from source.receipt as receipt
    join source.annual_assessment as assessment using (notice_number)
    where receipt.principal_yen > 0 and assessment.atena_number in (select atena_number from debt)
    group by assessment.atena_number, receipt.received_on
    qualify row_number() over (partition by assessment.atena_number order by receipt.received_on desc) = 1
), contacted as (
    select
        atena_number,
        max(contacted_on) filter (where counterpart <> '不在') as last_contact_on,
        max(contacted_on) as last_attempt_on,
        arg_max(outcome, (contacted_on, coalesce(recorded_at, ''), note_id)) as last_outcome
    from derived.note
    group by atena_number
), plan as (
    select * from derived.plan_state
    where plan_state in ('履行中', '不履行')
    qualify row_number() over (partition by atena_number order by pledged_on desc, plan_number desc) = 1
), returned as (
    select distinct atena_number from source.mailing_address
    where returned_on is not null and (valid_to is null or valid_to >= getvariable('as_of'))
)
select
    reference.atena_ref,
    debt.atena_number,
    place.district_code,
    place.district_name,
    place.ward_name,
    place.is_protected,
    person.name,
    person.name_kana,
    person.birth_date,
    person.resident_state,
    person.state_changed_on,
    person.town,
    debt.* exclude (atena_number, is_demand_unserved) replace (debt.charge_yen + coalesce(left_over.left_charge_yen, 0) as charge_yen),
    coalesce(left_over.left_charge_yen, 0) as left_charge_yen,
    prescribing.prescription_on,
    prescribing.prescription_yen,
    lapsed.lapsed_on,
    lapsed.lapsed_yen,
    paid.last_payment_on,
    paid.last_payment_yen,
    contacted.last_contact_on,
    contacted.last_attempt_on,
    contacted.last_outcome,
    plan.plan_number,
    plan.plan_state,
    plan.missed_on as plan_missed_on,
    plan.last_missed_on as plan_last_missed_on,
    plan.missed_yen as plan_missed_yen,
    plan.next_promised_on,
    plan.next_promised_yen,
    returned.atena_number is not null or is_demand_unserved as is_mail_returned
from debt
join source.person as person using (atena_number)
join derived.place as place using (atena_number)
join derived.atena_reference as reference using (atena_number)
left join left_over using (atena_number)
left join prescribing using (atena_number)
left join lapsed using (atena_number)
left join paid using (atena_number)
left join contacted using (atena_number)
left join plan using (atena_number)
left join returned using (atena_number)
order by place.district_code, debt.atena_number
