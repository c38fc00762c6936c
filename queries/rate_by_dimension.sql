-- grain: one value of $dimension (期別, 地区, 納付方法, 相当年度) in one fiscal year and class, beside the same day a year before
-- action: collection_rate.read
with chosen as (
    select
        *,
        coalesce(case $dimension
            when '期別' then '第' || installment_no::integer || '期'
            when '地区' then district_name
            when '納付方法' then payment_method
            when '相当年度' then levy_year::varchar
        end, 'その他') as part,
        case $dimension when '期別' then installment_no when '地区' then district_code else '' end as part_order
    from disclosed.rate
    where fiscal_year in ($fiscal_year, $fiscal_year - 1)
      and ($year_class = '合計' or year_class = $year_class)
      and ($district is null or district_code = $district)
), summed as (
    select
        part,
        part_order,
        coalesce(sum(assessed_yen) filter (where fiscal_year = $fiscal_year), 0)::bigint as assessed_yen,
        coalesce(sum(received_same_day_yen) filter (where fiscal_year = $fiscal_year), 0)::bigint as received_same_day_yen,
        if(count(*) filter (where fiscal_year = $fiscal_year) = 0, 0, sum(unpaid_yen) filter (where fiscal_year = $fiscal_year))::bigint as outstanding_yen,
        coalesce(sum(assessed_yen) filter (where fiscal_year = $fiscal_year - 1), 0)::bigint as assessed_before_yen,
        coalesce(sum(received_same_day_yen) filter (where fiscal_year = $fiscal_year - 1), 0)::bigint as received_before_yen
    from chosen
    group by part, part_order
)
select
    part,
    assessed_yen,
    received_same_day_yen,
    outstanding_yen,
    percent(received_same_day_yen, assessed_yen) as same_day_rate,
    percent(received_before_yen, assessed_before_yen) as rate_before,
    percent(received_same_day_yen, assessed_yen) - percent(received_before_yen, assessed_before_yen) as rate_change
from summed
order by part_order, part
