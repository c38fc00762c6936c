-- 給与支払報告書からの目安: what a month's pay is likely to be, from the newest pay reports of those who still pay.
-- grain: one delinquent × employer (指定番号) who has not reported that the person left.
-- The report of a tax year is about the calendar year before. A month's pay is cut down to whole yen, what is withheld
-- is rounded up: both leave the person more. 住民税 counts only where it is withheld from the pay (国税徴収法76条1項2号),
-- from one payer and in as many parts as law.wage_rule says (地方税法321条の5第1項).
create or replace table derived.wage_fact as
with paid as (
    select
        employment.*,
        make_date(tax_year - 1, 1, 1) as opens_on,
        make_date(tax_year - 1, 12, 31) as closes_on,
        date_diff('month', greatest(coalesce(hired_on, opens_on), opens_on), closes_on) + 1 as months_worked,
        is_withholding and 1 = row_number() over (
            partition by atena_number, tax_year order by is_withholding desc, gross_yen desc, designated_number) as is_withholder
    from source.employment as employment
    semi join derived.delinquent as delinquent using (atena_number)
    -- an older report says nothing about today's pay
    where tax_year >= getvariable('fiscal_year') - 1
    qualify tax_year = max(tax_year) over (partition by atena_number)
)
select
    paid.atena_number,
    paid.designated_number,
    paid.tax_year,
    paid.months_worked::integer as months_worked,
    1 as pay_period_months,
    paid.gross_yen // months_worked as gross_yen,
    (paid.income_tax_yen + months_worked - 1) // months_worked as income_tax_yen,
    if(paid.is_withholder, (coalesce(income.resident_tax_yen, 0) + rule.withheld_months - 1) // rule.withheld_months, 0) as resident_tax_yen,
    (paid.social_insurance_yen + months_worked - 1) // months_worked as social_insurance_yen,
    coalesce(income.dependant_count, 0) as dependant_count
from paid
left join derived.case_income as income using (atena_number, tax_year)
left join law.wage_rule as rule on cast(getvariable('as_of') as date) between rule.from_date and rule.to_date
where months_worked >= 1 and (paid.left_on is null or paid.left_on > getvariable('as_of'))
order by atena_number, designated_number
