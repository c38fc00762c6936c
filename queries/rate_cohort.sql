-- grain: 相当年度 × months since its April: how much of that year's 調定 has come in up to the end of the month, whatever 会計年度
-- Readers without persons get one point a 会計年度 (its 出納閉鎖): by month and levy year there are too few people.
-- action: collection_rate.read
with stands as (
    select as_of, fiscal_year from disclosed.standing
), assessed as (
    select levy_year, sum(assessed_yen)::bigint as assessed_yen
    from disclosed.rate
    where year_class = '現年' and ($district is null or district_code = $district) and levy_year > (select fiscal_year from stands) - 8
    group by levy_year
), monthly as (
    select levy_year, date_diff('month', make_date(levy_year, 4, 1), booked_month)::integer as month_index, sum(received_yen)::bigint as received_yen
    from disclosed.rate_month
    where levy_year is not null and ($district is null or district_code = $district)
    group by all
), yearly as (
    select
        rate.levy_year,
        least(12 * (rate.fiscal_year - rate.levy_year) + 13, date_diff('month', make_date(rate.levy_year, 4, 1), stands.as_of))::integer as month_index,
        sum(rate.received_yen)::bigint as received_yen
    from disclosed.rate as rate
    cross join stands
    where rate.levy_year is not null and not exists (from monthly) and ($district is null or rate.district_code = $district)
    group by all
)
select
    levy_year,
    month_index,
    assessed_yen,
    received_yen,
    sum(received_yen) over running::bigint as received_so_far_yen,
    percent(sum(received_yen) over running::bigint, assessed_yen) as collected_rate
from (from monthly union all by name from yearly)
join assessed using (levy_year)
where month_index >= 0
window running as (partition by levy_year order by month_index)
order by levy_year, month_index
