-- grain: one month of the next $months, with the stopped installments that come to an end in it; before them one row of all that have passed
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
    coalesce(sum(unpaid_yen), 0)::bigint as principal_yen,
    coalesce(sum(unpaid_yen) filter (where ended_by = '時効'), 0)::bigint as by_prescription_yen,
    coalesce(sum(unpaid_yen) filter (where ended_by = '3年の継続'), 0)::bigint as by_three_years_yen
from month
left join ending using (ends_month)
group by ends_month
order by ends_month
