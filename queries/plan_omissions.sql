-- grain: one delinquent nobody has spoken to for $no_contact_days days, most yen first; one page of $page_size rows
-- action: collection_plan.read
select
    atena_ref,
    name,
    active_yen,
    last_contact_on,
    last_attempt_on,
    reminded_on,
    last_payment_on,
    case_stage,
    in_charge,
    district_name,
    count(*) over () as total_count
from disclosed.planned_case
where case_stage <> '執行停止'
  and coalesce(last_contact_on < as_of - to_days($no_contact_days), oldest_due_date < as_of - to_days($no_contact_days))
  and ($district is null or district_code = $district)
  and ($part is null or case $dimension when '地区' then district_name else in_charge end = $part)
order by active_yen desc, atena_ref
limit $page_size offset $skipped
