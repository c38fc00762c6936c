-- grain: 期限の種類 × month of the next $months, one row more for what has passed (month = the one before this), in the reader's districts
-- action: deadline.read
with stands as (
    select date_trunc('month', as_of)::date as this_month, as_of from disclosed.standing
), placed as (
    select
        deadline.*,
        if(deadline_day < stands.as_of, (stands.this_month - interval 1 month)::date, deadline.month) as told_month
    from disclosed.deadline as deadline
    cross join stands
    where ($district is null or district_code = $district) and deadline.deadline_day < stands.this_month + to_months($months)
)
select
    deadline_kind,
    told_month as month,
    count(*) as case_count,
    count(distinct atena_ref) as person_count,
    sum(yen)::bigint as yen
from placed
group by all
order by month, deadline_kind
