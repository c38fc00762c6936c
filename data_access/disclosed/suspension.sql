-- THE GATE OF DATA, continued (執行停止候補). The macros and the rule stand in ../disclosed.sql.

-- grain: one delinquent × 号, with a verdict other than 非該当
create view disclosed.suspension_candidate as
select
    delinquent.atena_ref,
    shown('C1', delinquent.atena_number, masked_number(delinquent.atena_number)) as atena_number_shown,
    shown('C2', delinquent.name, masked_name(delinquent.name)) as name,
    delinquent.district_code,
    delinquent.district_name,
    screening.ground,
    screening.clause,
    screening.verdict,
    screening.met_count,
    screening.criterion_count,
    screening.missing,
    whole('C9', delinquent.unpaid_yen - delinquent.suspended_yen) as active_yen,
    whole('C9', delinquent.oldest_due_date) as oldest_due_date,
    whole('C9', delinquent.prescription_on) as prescription_on,
    whole('C9', delinquent.last_payment_on) as last_payment_on
from derived.screening as screening
join serving.delinquent as delinquent using (atena_number)
where screening.verdict <> '非該当' and in_scope(delinquent.district_code);

-- grain: one criterion of one 場合 of one screened delinquent; 生活保護 etc. (C6) shows whether, never since when
create view disclosed.screening_evidence as
select
    delinquent.atena_ref,
    evidence.ground,
    evidence.target,
    evidence.clause,
    evidence.rank,
    evidence.meaning,
    evidence.article,
    evidence.finding,
    whole('C5', evidence.result) as result,
    case when evidence.sensitivity = 'C6' then whole('C6', evidence.dated_on) else whole('C5', evidence.dated_on) end as dated_on,
    case when evidence.sensitivity = 'C6' then whole('C6', evidence.age_days) else whole('C5', evidence.age_days) end as age_days,
    whole('C9', evidence.evidence_id) as evidence_id,
    whole('C5', evidence.contradiction) as contradiction,
    whole('C5', evidence.contradicted_on) as contradicted_on,
    case when kept_back(delinquent.is_protected) and evidence.contradiction_id is not null then whole('C5', '（非表示）') else whole('C5', evidence.contradiction_id) end as contradiction_id
from derived.screening_evidence as evidence
join serving.delinquent as delinquent using (atena_number)
where in_scope(delinquent.district_code);

-- grain: verdict × 号 × district: counts and yen without a person; an officer's are those of the own districts.
-- For readers without persons the 非該当 are left out: with all verdicts of a 号, one below ten would be what the others leave.
create view disclosed.suspension_summary as
with counted as (
    select
        screening.ground,
        screening.verdict,
        if(is_without_persons(), 'X00', delinquent.district_code) as district_code,
        count(*) as person_count,
        sum(delinquent.unpaid_yen - delinquent.suspended_yen)::bigint as active_yen
    from derived.screening as screening
    join serving.delinquent as delinquent using (atena_number)
    where in_scope(delinquent.district_code) or (is_without_persons() and screening.verdict <> '非該当')
    group by all
)
select
    ground,
    verdict,
    district_code,
    ten_or_more(person_count, person_count) as case_count,
    ten_or_more(person_count, active_yen) as active_yen
from counted;

-- grain: one delinquent: what the household lives on, all members together, beside the line of hardship
create view disclosed.household_hardship as
select
    delinquent.atena_ref,
    whole('C5', hardship.member_count) as member_count,
    whole('C5', hardship.recorded_count) as recorded_count,
    whole('C5', hardship.revenue_yen) as revenue_yen,
    whole('C5', hardship.dependant_count) as dependant_count,
    whole('C5', hardship.limit_yen) as limit_yen,
    whole('C5', hardship.monthly_yen) as monthly_yen,
    whole('C5', hardship.lacking_count) as lacking_count,
    whole('C5', hardship.line) as line,
    whole('C5', delinquent.resident_state) as resident_state
from derived.household_hardship as hardship
join serving.delinquent as delinquent using (atena_number)
where in_scope(delinquent.district_code);
