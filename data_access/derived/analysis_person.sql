-- grain: one delinquent, told by coarse bands only: the ground of アドホック分析 (analysis_release.py). Never disclosed as it is.
-- case_stage: by the rule of 徴収計画 (case_stage.sql), of the snapshot by itself. The bands' names and their order are those of metric.toml.
create or replace table derived.analysis_person as
with paid as (
    select assessment.atena_number, sum(receipt.principal_yen)::bigint as paid_yen
    from source.receipt as receipt
    join source.annual_assessment as assessment using (notice_number)
    where receipt.fiscal_year = getvariable('fiscal_year')
    group by assessment.atena_number
), assessed as (
    select atena_number, arg_max(payment_method, (levy_year, notice_number)) as payment_method
    from source.annual_assessment
    where levy_kind = '料'
    group by atena_number
), income as (
    select atena_number, arg_max(total_income_yen, tax_year) as total_income_yen
    from derived.case_income
    where tax_year >= getvariable('fiscal_year') - 1
    group by atena_number
)
select
    delinquent.atena_number,
    if(delinquent.is_protected, 'S00', delinquent.district_code) as district_code,
    delinquent.district_name,
    case_stage(delinquent.is_wholly_suspended, delinquent.has_disposition, delinquent.plan_state, delinquent.is_partly_held, delinquent.last_contact_on,
        getvariable('as_of') - to_days(getvariable('contact_days')), desk.reminded_on, delinquent.is_demand_missed) as case_stage,
    case
        when months < 6 then '6か月未満'
        when months < 12 then '6か月から1年'
        when months < 24 then '1年から2年'
        when months < 36 then '2年から3年'
        when months < 60 then '3年から5年'
        else '5年以上'
    end as arrears_band,
    case
        when years is null then '法人・不明'
        when years < 40 then '39歳以下'
        when years < 50 then '40代'
        when years < 60 then '50代'
        when years < 65 then '60から64歳'
        when years < 75 then '65から74歳'
        else '75歳以上'
    end as age_band,
    coalesce(assessed.payment_method, '不明') as payment_method,
    case
        when income.total_income_yen is null then '申告なし'
        when income.total_income_yen <= 0 then '所得なし'
        when income.total_income_yen < 1000000 then '100万円未満'
        when income.total_income_yen < 2000000 then '100万円から200万円'
        when income.total_income_yen < 4000000 then '200万円から400万円'
        else '400万円以上'
    end as income_class,
    case
        when delinquent.unpaid_yen < 50000 then '5万円未満'
        when delinquent.unpaid_yen < 100000 then '5万円から10万円'
        when delinquent.unpaid_yen < 300000 then '10万円から30万円'
        when delinquent.unpaid_yen < 500000 then '30万円から50万円'
        when delinquent.unpaid_yen < 1000000 then '50万円から100万円'
        else '100万円以上'
    end as amount_band,
    case
        when delinquent.last_payment_on is null then '納付なし'
        when delinquent.last_payment_on >= getvariable('as_of') - to_months(3) then '3か月以内'
        when delinquent.last_payment_on >= getvariable('as_of') - to_years(1) then '3か月から1年'
        else '1年以上前'
    end as last_payment_band,
    delinquent.open_count as installment_count,
    delinquent.unpaid_yen,
    delinquent.charge_yen,
    greatest(coalesce(paid.paid_yen, 0), 0) as year_paid_yen
from derived.delinquent as delinquent
cross join lateral (select
    date_diff('month', date_trunc('month', delinquent.oldest_due_date), date_trunc('month', getvariable('as_of'))) as months,
    date_part('year', age(getvariable('as_of'), delinquent.birth_date))::integer as years) as aged
left join paid using (atena_number)
left join assessed using (atena_number)
left join income using (atena_number)
left join derived.case_desk as desk using (atena_number)
order by delinquent.atena_number
