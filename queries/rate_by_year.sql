-- grain: fiscal year × 現年/滞繰/合計: the same day of each year, that of its 出納整理期間 (spring), and the year as a whole
-- action: collection_rate.read
with summed as (
    select
        fiscal_year,
        coalesce(year_class, '合計') as year_class,
        sum(assessed_yen)::bigint as assessed_yen,
        sum(assessed_same_day_yen)::bigint as assessed_same_day_yen,
        sum(assessed_spring_yen)::bigint as assessed_spring_yen,
        sum(whereabouts_unknown_yen)::bigint as whereabouts_unknown_yen,
        sum(received_yen - refund_due_yen)::bigint as received_yen,
        sum(received_same_day_yen)::bigint as received_same_day_yen,
        sum(received_spring_yen)::bigint as received_spring_yen,
        sum(refund_due_yen)::bigint as refund_due_yen,
        sum(written_off_yen)::bigint as written_off_yen,
        sum(unpaid_yen)::bigint as outstanding_yen
    from disclosed.rate
    where ($district is null or district_code = $district)
      and fiscal_year > (select fiscal_year from disclosed.standing) - 8 -- older ones are no longer whole (retention.toml: erasure_years)
    group by fiscal_year, grouping sets ((year_class), ())
)
select
    *,
    percent(received_yen, assessed_yen) as rate,
    percent(received_same_day_yen, assessed_same_day_yen) as same_day_rate
from summed
order by fiscal_year, case year_class when '現年' then 1 when '滞繰' then 2 else 3 end
