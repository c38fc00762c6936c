-- grain: one month in which stopped installments come to an end, from as_of on for $months months; before them, all that have passed
-- action: suspension_watch.read
select
    greatest(date_trunc('month', ends_on), date_trunc('month', standing.as_of) - interval 1 month)::date as ends_month,
    count(distinct atena_ref) as person_count,
    sum(unpaid_yen)::bigint as principal_yen,
    coalesce(sum(unpaid_yen) filter (where ended_by = '時効'), 0)::bigint as by_prescription_yen,
    coalesce(sum(unpaid_yen) filter (where ended_by = '3年の継続'), 0)::bigint as by_three_years_yen
from disclosed.suspended_installment
cross join disclosed.standing as standing
where ends_on < date_trunc('month', standing.as_of) + to_months($months)
  and ($district is null or district_code = $district)
group by ends_month
order by ends_month
