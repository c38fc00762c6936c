-- 調査の回答と食い違う記録: what the city's other systems say against an answer, were it older (law/screening_contradiction.py explains one).
-- grain: one delinquent × target × result of an answer that would be contradicted: the newest record that does, and its day
-- 就職 counts for everybody of the household, as the 家計 does; everything else for the person alone.
create or replace table derived.screening_contradiction as
with rule as (
    select * exclude (results), unnest(results) as result
    from law.screening_contradiction
    where getvariable('as_of') between from_date and to_date
), member as (
    select atena_number, atena_number as member_number from derived.delinquent
    union
    select atena_number, member_number from derived.household_member where resident_state = '現住'
), reported as (
    -- an older report says nothing about today's pay (as derived/wage_fact.sql)
    select atena_number as member_number, tax_year, designated_number, hired_on, left_on
    from source.employment
    where tax_year >= getvariable('fiscal_year') - 1
    qualify tax_year = max(tax_year) over (partition by atena_number)
), job as (
    select *, '給報 ' || tax_year || '-' || designated_number as evidence_id
    from reported
    where left_on is null or left_on > getvariable('as_of')
), pension as (
    select atena_number, tax_year, corrected_on, pension_revenue_yen
    from source.resident_tax
    semi join derived.delinquent using (atena_number)
    qualify row_number() over (partition by atena_number order by tax_year desc) = 1
), fact as (
    select job.member_number as atena_number, unnest(if(attachable_yen = 0, ['勤務先'], ['勤務先', '差押可能な給与'])) as record,
        job.hired_on as dated_on, job.tax_year, null::varchar as target, job.evidence_id
    from job
    semi join derived.delinquent as delinquent on delinquent.atena_number = job.member_number
    left join derived.attachable_wage as wage on wage.atena_number = job.member_number
    union all by name
    select member.atena_number, '就職' as record, job.hired_on as dated_on, year(job.hired_on) as tax_year, job.evidence_id
    from job
    join member using (member_number)
    where job.hired_on is not null
    union all by name
    select atena_number, '土地・家屋' as record, tax_year, property_kind || ' ' || property_number as evidence_id
    from derived.case_property
    union all by name
    -- 所有権留保・リース: the vehicle is not theirs (地方税法444条)
    select atena_number, '車両' as record, owned_from as dated_on, '軽自 ' || vehicle_number as evidence_id
    from source.light_vehicle
    semi join derived.delinquent using (atena_number)
    where ownership = '本人所有' and (scrapped_on is null or scrapped_on > getvariable('as_of'))
    union all by name
    select assessment.atena_number, receipt.channel as record, receipt.received_on as dated_on, '収納 ' || receipt.receipt_number as evidence_id
    from source.receipt as receipt
    join source.annual_assessment as assessment using (notice_number)
    semi join derived.delinquent as delinquent on delinquent.atena_number = assessment.atena_number
    where receipt.receipt_kind = '収納' and receipt.channel in (select record from rule)
    union all by name
    select atena_number, '年金収入' as record, corrected_on as dated_on, tax_year, '住民税 ' || tax_year as evidence_id
    from pension
    where pension_revenue_yen > 0
    union all by name
    select atena_number, '財産管理' as record, found_on as dated_on, asset_kind as target, '財産 ' || asset_number as evidence_id
    from source.asset
    semi join derived.delinquent using (atena_number)
    where asset_state in ('把握', '処分中')
), dated as (
    select
        fact.atena_number, rule.target, rule.result, rule.record, rule.rank, fact.evidence_id,
        least(coalesce(greatest(make_date(fact.tax_year, rule.known_month, rule.known_day), fact.dated_on), getvariable('as_of')), getvariable('as_of')) as dated_on
    from fact
    join rule on rule.record = fact.record and coalesce(fact.target, rule.target) = rule.target
    where coalesce(fact.dated_on <= getvariable('as_of'), true)
)
select atena_number, target, result, record, dated_on, evidence_id
from dated
qualify row_number() over (partition by atena_number, target, result order by dated_on desc, rank, evidence_id desc) = 1
