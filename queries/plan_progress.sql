-- grain: 市計 or one district × 現年/滞繰: rate today, the same day a year before, the plan's target, and the yen that are missing to it
-- received_yen holds the 還付未済, as the rate does; the target is of the 決算の率, so what is missing to it counts without.
-- pace_rate: where the rate would stand today if the target were reached as last year's rate was.
-- action: collection_plan.read
-- $areas, $classes, $rates: the approved targets side by side (地区コード or 市計, 現年/滞繰, percent); a district without one has the city's.
with target as (
    select unnest($areas::varchar[]) as area, unnest($classes::varchar[]) as year_class, unnest($rates::decimal(5, 2)[]) as target_rate
), summed as (
    select
        coalesce(district_code, '市計') as area,
        coalesce(district_name, '市計') as district_name,
        year_class,
        coalesce(sum(assessed_yen) filter (where fiscal_year = $fiscal_year), 0)::bigint as assessed_yen,
        coalesce(sum(received_yen) filter (where fiscal_year = $fiscal_year), 0)::bigint as received_yen,
        coalesce(sum(refund_due_yen) filter (where fiscal_year = $fiscal_year), 0)::bigint as refund_due_yen,
        coalesce(sum(received_same_day_yen) filter (where fiscal_year = $fiscal_year), 0)::bigint as received_same_day_yen,
        coalesce(sum(assessed_yen) filter (where fiscal_year = $fiscal_year - 1), 0)::bigint as assessed_before_yen,
        coalesce(sum(assessed_same_day_yen) filter (where fiscal_year = $fiscal_year - 1), 0)::bigint as assessed_day_before_yen,
        coalesce(sum(received_same_day_yen) filter (where fiscal_year = $fiscal_year - 1), 0)::bigint as received_before_yen,
        coalesce(sum(received_yen - refund_due_yen) filter (where fiscal_year = $fiscal_year - 1), 0)::bigint as received_all_before_yen
    from disclosed.rate
    where fiscal_year in ($fiscal_year, $fiscal_year - 1)
    group by grouping sets ((district_code, district_name, year_class), (year_class))
)
select
    summed.area,
    summed.district_name,
    summed.year_class,
    summed.assessed_yen,
    summed.received_yen,
    summed.refund_due_yen,
    percent(summed.received_same_day_yen, summed.assessed_yen) as same_day_rate,
    percent(summed.received_before_yen, summed.assessed_day_before_yen) as rate_before,
    percent(summed.received_all_before_yen, summed.assessed_before_yen) as final_rate_before,
    coalesce(own.target_rate, city.target_rate) as target_rate,
    (coalesce(own.target_rate, city.target_rate) * percent(summed.received_before_yen, summed.assessed_day_before_yen)
        / nullif(percent(summed.received_all_before_yen, summed.assessed_before_yen), 0))::decimal(9, 2) as pace_rate,
    -- rounded up: a yen less would miss the target
    greatest(ceil(summed.assessed_yen * coalesce(own.target_rate, city.target_rate) / 100)::bigint - (summed.received_yen - summed.refund_due_yen), 0) as to_target_yen
from summed
left join target as own on own.area = summed.area and own.year_class = summed.year_class
left join target as city on city.area = '市計' and city.year_class = summed.year_class
where summed.assessed_yen > 0 and summed.area <> 'X00'
order by if(summed.area = '市計', 0, 1), summed.area, case summed.year_class when '現年' then 1 else 2 end
