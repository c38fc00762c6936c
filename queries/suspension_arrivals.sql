-- grain: one month of the next $months, with the stopped installments that end in it if nothing is done, by what ends each first (時効 or the 3年); before
-- them one row of all that have passed. An installment is counted once, in the month of its earlier end.
-- action: suspension_watch.read
with month as (
    select unnest(range(date_trunc('month', as_of) - interval 1 month, date_trunc('month', as_of) + to_months($months), interval 1 month))::date as ends_month
    from disclosed.standing
), ending as (
    select *, greatest(date_trunc('month', ends_on), (select min(ends_month) from month))::date as ends_month
    from disclosed.suspended_installment
    where $district is null or district_code = $district
)
select
    ends_month,
    count(distinct atena_ref) as person_count,
    count(*) filter (where ended_by = '時効') as by_prescription_count,
    coalesce(sum(unpaid_yen) filter (where ended_by = '時効'), 0)::bigint as by_prescription_yen,
    count(*) filter (where ended_by = '3年の継続') as by_three_years_count,
    coalesce(sum(unpaid_yen) filter (where ended_by = '3年の継続'), 0)::bigint as by_three_years_yen
from month
left join ending using (ends_month)
group by ends_month
order by ends_month
