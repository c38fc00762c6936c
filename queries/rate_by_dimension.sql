-- grain: one part of a 分け方 ($dimension) in one fiscal year and class, beside the same day a year before and the whole city
-- action: collection_rate.read
with chosen as (
    select *, $district is null or district_code = $district as is_mine
    from disclosed.rate_part
    where dimension = rate_dimension_column($dimension)
      and fiscal_year in ($fiscal_year, $fiscal_year - 1)
      and ($year_class = '合計' or year_class = $year_class)
), summed as (
    select
        part,
        part_name,
        coalesce(sum(assessed_yen) filter (where is_now and is_mine), 0)::bigint as assessed_yen,
        coalesce(sum(received_same_day_yen) filter (where is_now and is_mine), 0)::bigint as received_same_day_yen,
        if(count(*) filter (where is_now and is_mine) = 0, 0, sum(unpaid_yen) filter (where is_now and is_mine))::bigint as outstanding_yen,
        if(count(*) filter (where is_now and is_mine) = 0, 0, sum(overdue_yen) filter (where is_now and is_mine))::bigint as overdue_yen,
        sum(assessed_same_day_yen) filter (where not is_now and is_mine)::bigint as assessed_before_yen,
        sum(received_same_day_yen) filter (where not is_now and is_mine)::bigint as received_before_yen,
        sum(assessed_yen) filter (where is_now)::bigint as city_assessed_yen,
        sum(received_same_day_yen) filter (where is_now)::bigint as city_received_yen
    from (select *, fiscal_year = $fiscal_year as is_now from chosen)
    group by part, part_name
    having bool_or(is_mine)
)
select
    part_name as part,
    part as part_key,
    assessed_yen,
    received_same_day_yen,
    outstanding_yen,
    overdue_yen,
    percent(received_same_day_yen, assessed_yen) as same_day_rate,
    percent(received_before_yen, assessed_before_yen) as rate_before,
    percent(received_same_day_yen, assessed_yen) - percent(received_before_yen, assessed_before_yen) as rate_change,
    -- of the same part in the whole city; without a district, of all parts together
    if($district is null, percent(sum(city_received_yen) over (), sum(city_assessed_yen) over ()), percent(city_received_yen, city_assessed_yen)) as city_rate,
    (assessed_yen // 100)::bigint as point_yen
from summed
order by part_key nulls last, part
