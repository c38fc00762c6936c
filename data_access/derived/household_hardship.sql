-- 家計の目安 of every delinquent's household on as_of, in yen (law/hardship.py explains one): what comes in a month, before
-- tax, by the newest 住民税 record of everybody who lives there, beside the line of 国税徴収法76条1項4号.
-- grain: one delinquent. lacking_count: members of whom no record says what they live on; supported ones do not lack one.
-- known_on: the day of its oldest income, null without any.
create or replace table derived.household_hardship as
with member as (
    select atena_number, atena_number as member_number from derived.delinquent
    union
    select atena_number, member_number from derived.household_member where resident_state = '現住'
), income as (
    select
        atena_number as member_number,
        salary_revenue_yen + pension_revenue_yen + business_income_yen + farm_income_yen + rent_income_yen
            + dividend_income_yen + occasional_income_yen as revenue_yen,
        dependant_count,
        tax_year
    from source.resident_tax
    -- an older record says nothing about today's household
    where tax_year >= getvariable('fiscal_year') - 1
    qualify row_number() over (partition by atena_number order by tax_year desc) = 1
), household as (
    select
        member.atena_number,
        count(*) as member_count,
        count(income.member_number) as recorded_count,
        coalesce(sum(income.revenue_yen), 0)::bigint as revenue_yen,
        coalesce(sum(income.dependant_count), 0)::bigint as dependant_count,
        min(income.tax_year) as oldest_tax_year
    from member
    left join income using (member_number)
    group by member.atena_number
), measured as (
    select
        household.*,
        if(
            policy.hardship_monthly_yen is null,
            error('suspension.toml: ' || getvariable('as_of') || ' の値がありません。項目を足してください。'),
            policy.hardship_monthly_yen + policy.hardship_per_relative_yen * (household.member_count - 1)
        )::bigint as limit_yen,
        least(make_date(household.oldest_tax_year, policy.income_known_month, 1), getvariable('as_of')) as known_on,
        greatest(household.revenue_yen, 0) // 12 as monthly_yen,
        greatest(household.member_count - household.recorded_count - household.dependant_count, 0) as lacking_count
    from household
    left join law.suspension_policy as policy
        on policy.levy_kind = '料' and getvariable('as_of') between policy.from_date and policy.to_date
)
select
    *,
    case when monthly_yen > limit_yen then '目安を超える' when lacking_count > 0 then '資料不足' else '目安以下' end as line
from measured
order by atena_number
