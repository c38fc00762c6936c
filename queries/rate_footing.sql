-- grain: one 分け方 of $dimensions × 現年/滞繰 in one fiscal year (this or the one before): its parts added up
-- received_yen: of this year only, of which the same day is now.
-- action: collection_rate.read
with asked as (
    select unnest($dimensions::varchar[]) as rate_dimension
)
select
    asked.rate_dimension,
    rate.year_class,
    sum(rate.assessed_yen)::bigint as assessed_yen,
    (sum(rate.received_same_day_yen) filter (where rate.fiscal_year = (select fiscal_year from disclosed.standing)))::bigint as received_yen,
    if(count(*) = count(rate.unpaid_yen), sum(rate.unpaid_yen), null)::bigint as outstanding_yen
from asked
join disclosed.rate_part as rate on rate.dimension = rate_dimension_column(asked.rate_dimension)
where rate.fiscal_year = $fiscal_year
group by all
order by min(list_position($dimensions::varchar[], asked.rate_dimension)), rate.year_class
