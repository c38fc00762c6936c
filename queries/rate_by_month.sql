-- grain: month of booking within a fiscal year: what came in that month and in all since April
-- action: collection_rate.read
with month_received as (
    select fiscal_year, booked_month, sum(received_yen)::bigint as received_yen
    from disclosed.rate_month
    where ($year_class = '合計' or year_class = $year_class)
      and fiscal_year in ($fiscal_year, $fiscal_year - 1)
      and ($district is null or district_code = $district)
    group by all
)
select
    fiscal_year,
    booked_month,
    date_diff('month', make_date(fiscal_year, 4, 1), booked_month)::integer as month_index,
    received_yen,
    sum(received_yen) over (partition by fiscal_year order by booked_month)::bigint as received_so_far_yen
from month_received
order by fiscal_year, booked_month
