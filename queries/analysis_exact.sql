-- grain: one combination of up to three dimensions (null where fewer are asked) of the delinquents the reader may see
-- action: analysis.exact
with asked as (
    select
        *,
        map {
            'district': district_name, 'case_stage': case_stage, 'arrears_band': arrears_band, 'age_band': age_band, 'payment_method': payment_method,
            'income_class': income_class, 'last_payment_band': last_payment_band, 'amount_band': amount_band
        } as part
    from disclosed.analysis_person
)
select
    part[$first] as first_part,
    part[$second] as second_part,
    part[$third] as third_part,
    min(district_code) as district_code,
    count(*) as people,
    sum(installment_count)::bigint as installment_count,
    sum(unpaid_yen)::bigint as unpaid_yen,
    sum(charge_yen)::bigint as charge_yen,
    sum(year_paid_yen)::bigint as year_paid_yen
from asked
where ($only is null or part[$only] = $value)
group by all
order by all
