-- THE GATE OF DATA, continued (徴収計画). The macros and the rule stand in ../disclosed.sql.

-- grain: one delinquent of the reader's districts: the step on which the case stands, and whether the time runs out on it
create view disclosed.planned_case as
select
    delinquent.atena_ref,
    delinquent.name,
    delinquent.district_code,
    delinquent.district_name,
    coalesce(whole('C9', desk.in_charge), '担当者なし') as in_charge,
    stage.case_stage,
    delinquent.unpaid_yen,
    delinquent.active_yen,
    delinquent.last_contact_on,
    delinquent.last_attempt_on,
    delinquent.last_payment_on,
    stage.reminded_on,
    delinquent.oldest_due_date,
    delinquent.prescription_on,
    delinquent.prescription_yen,
    delinquent.as_of
from disclosed.delinquent as delinquent
join serving.delinquent as own using (atena_ref)
join disclosed.case_stage as stage using (atena_ref)
left join derived.case_desk as desk using (atena_number);

-- grain: one 分納 of the reader's districts, of whoever owes still or has paid it all; by whom it is looked after
create view disclosed.kept_plan as
select
    reference.atena_ref,
    place.district_code,
    place.district_name,
    coalesce(whole('C9', desk.in_charge), '担当者なし') as in_charge,
    whole('C9', plan.plan_state) as plan_state,
    whole('C9', plan.pledged_on) as pledged_on,
    whole('C9', plan.planned_yen) as planned_yen,
    whole('C9', plan.paid_yen) as paid_yen,
    whole('C9', plan.missed_yen) as missed_yen
from derived.plan_state as plan
join serving.place as place using (atena_number)
join source.atena_reference as reference using (atena_number)
left join derived.case_desk as desk using (atena_number)
where in_scope(place.district_code) and (getvariable('only_ref') is null or reference.atena_ref = getvariable('only_ref'));
