-- 給料等の差押可能額 of every person whose pay is known, in yen, on as_of (law/wage_attachment.py explains one), with the
-- amount of every step. The pay is 給与支払報告書からの目安 (derived/wage_fact.sql): the employer's answer decides.
-- grain: one person (宛名番号). Two or more payers of one period are tested on their total (国税徴収法76条1項後段).
-- Periods that differ or are shorter than a month, and negative numbers, give null: a person works it out.
create or replace table derived.attachable_wage as
with pay as (
    select
        atena_number,
        any_value(pay_period_months) as months,
        max(dependant_count) as dependant_count,
        sum(gross_yen)::bigint as gross_yen,
        sum(income_tax_yen)::bigint as income_tax_yen,
        sum(resident_tax_yen)::bigint as resident_tax_yen,
        sum(social_insurance_yen)::bigint as social_insurance_yen,
        min(pay_period_months) = max(pay_period_months)
            and min(pay_period_months) >= 1
            and min(least(gross_yen, income_tax_yen, resident_tax_yen, social_insurance_yen, dependant_count)) >= 0
            as is_clear
    from derived.wage_fact
    group by atena_number
),
-- the pay is cut down to the unit, what is withheld is rounded up to it
rounded as (
    select
        pay.*,
        rule.rounding_unit_yen as unit,
        rule.share_numerator,
        rule.share_denominator,
        gross_yen // unit * unit as pay_yen,
        (income_tax_yen + unit - 1) // unit * unit as item1_yen,
        (resident_tax_yen + unit - 1) // unit * unit as item2_yen,
        (social_insurance_yen + unit - 1) // unit * unit as item3_yen,
        item1_yen + item2_yen + item3_yen as withheld_yen,
        (rule.basic_yen + rule.relative_yen * dependant_count) * months as living_yen,
        living_yen * rule.share_limit_times as share_limit_yen
    from pay
    left join law.wage_rule as rule on cast(getvariable('as_of') as date) between rule.from_date and rule.to_date
),
-- 5号: the protected share of what is left, an exact fraction rounded up to the unit
shared as (
    select
        *,
        greatest(0, pay_yen - withheld_yen - living_yen) * share_numerator as share_parts,
        unit * share_denominator as unit_parts,
        least((share_parts + unit_parts - 1) // unit_parts * unit, share_limit_yen) as share_yen
    from rounded
),
tested as (
    select
        *,
        case
            when unit is null
                then error('wage_attachment.toml: ' || getvariable('as_of') || ' の値がありません。項目を足してください。')
            when is_clear then greatest(0, pay_yen - withheld_yen - living_yen - share_yen)
        end as attachable_yen
    from shared
)
select
    atena_number,
    dependant_count,
    pay_yen,
    item1_yen,
    item2_yen,
    item3_yen,
    living_yen as item4_yen,
    share_yen as item5_yen,
    attachable_yen::bigint as attachable_yen,
    (pay_yen - attachable_yen)::bigint as protected_yen
from tested
order by atena_number
