-- grain: one part of a 分け方 ($dimension) in one fiscal year and class, beside the same day a year before and the whole city; last of all 合計
-- A 相当年度 stands beside the one a year older of the year before, which was then of the same age: 令和7 now beside 令和6 a year ago.
-- Several told together (part null: serving.told_with) are of no one age, and stand beside nothing.
-- action: collection_rate.read
with chosen as (
    select
        * replace (if(is_older, (part::integer + 1)::varchar, part) as part, if(is_older, (part::integer + 1)::varchar, part_name) as part_name),
        $district is null or district_code = $district as is_mine
    from (
        select
            *,
            fiscal_year = $fiscal_year as is_now,
            $dimension = '相当年度' and fiscal_year < $fiscal_year and part is not null as is_older
        from disclosed.rate_part
        where dimension = rate_dimension_column($dimension)
          and fiscal_year in ($fiscal_year, $fiscal_year - 1)
          and ($year_class = '合計' or year_class = $year_class)
    )
), summed as (
    select
        grouping(part) = 1 as is_whole,
        if(grouping(part) = 1, '合計', part) as part_key,
        if(grouping(part) = 1, '合計', part_name) as title,
        coalesce(sum(assessed_yen) filter (where is_now and is_mine), 0)::bigint as assessed_yen,
        coalesce(sum(received_same_day_yen) filter (where is_now and is_mine), 0)::bigint as received_same_day_yen,
        if(count(*) filter (where is_now and is_mine) = 0, 0, sum(refund_due_yen) filter (where is_now and is_mine))::bigint as refund_due_yen,
        if(count(*) filter (where is_now and is_mine) = 0, 0, sum(written_off_yen) filter (where is_now and is_mine))::bigint as written_off_yen,
        if(count(*) filter (where is_now and is_mine) = 0, 0, sum(unpaid_yen) filter (where is_now and is_mine))::bigint as outstanding_yen,
        if(count(*) filter (where is_now and is_mine) = 0, 0, sum(overdue_yen) filter (where is_now and is_mine))::bigint as overdue_yen,
        sum(assessed_same_day_yen) filter (where not is_now and is_mine)::bigint as assessed_before_yen,
        sum(received_same_day_yen) filter (where not is_now and is_mine)::bigint as received_before_yen,
        sum(assessed_yen) filter (where is_now)::bigint as city_assessed_yen,
        sum(received_same_day_yen) filter (where is_now)::bigint as city_received_yen
    from chosen
    group by grouping sets ((part, part_name), ())
    having bool_or(is_mine)
), compared as (
    select * replace (if($dimension = '相当年度' and part_key is null, null, assessed_before_yen) as assessed_before_yen) from summed
)
select
    title as part,
    part_key,
    assessed_yen,
    received_same_day_yen,
    refund_due_yen,
    written_off_yen,
    outstanding_yen,
    overdue_yen,
    percent(received_same_day_yen, assessed_yen) as same_day_rate,
    percent(received_before_yen, assessed_before_yen) as rate_before,
    percent(received_same_day_yen, assessed_yen) - percent(received_before_yen, assessed_before_yen) as rate_change,
    -- of the same part in the whole city; without a district, of all parts together
    if($district is null, percent(sum(city_received_yen) filter (where is_whole) over (), sum(city_assessed_yen) filter (where is_whole) over ()), percent(city_received_yen, city_assessed_yen)) as city_rate,
    (assessed_yen // 100)::bigint as point_yen
from compared
order by is_whole, part_key nulls last, title
