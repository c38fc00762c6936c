-- grain: one person whose stopped installments come to an end in the months from $from_month to before $to_month; one page
-- action: suspension_watch.read
select
    atena_ref, name, district_name, ground,
    min(suspended_on) as suspended_on,
    count(*) as open_count,
    sum(unpaid_yen)::bigint as principal_yen,
    min(prescription_on) as prescription_on,
    min(three_years_on) as three_years_on,
    min(ends_on) as ends_on,
    arg_min(ended_by, ends_on) as ended_by,
    count(*) over () as total_count
from disclosed.suspended_installment
where ends_on >= $from_month and ends_on < $to_month
  and ($district is null or district_code = $district)
group by atena_ref, name, district_name, ground
order by ends_on, principal_yen desc, atena_ref, ground
limit $page_size offset $skipped
