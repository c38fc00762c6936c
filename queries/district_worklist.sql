-- grain: one delinquent in the reader's districts, with every reason it is on the list; one page of $page_size rows
-- action: worklist.read
select
    atena_ref,
    name,
    age,
    district_name,
    town,
    reasons,
    unpaid_yen,
    suspended_yen,
    charge_yen,
    open_count,
    oldest_due_date,
    prescription_on,
    last_contact_on,
    last_outcome,
    last_payment_on,
    plan_state,
    count(*) over () as total_count,
    sum(unpaid_yen) over ()::bigint as total_yen
from disclosed.worklist
where ($district is null or district_code = $district)
  and ($queue is null or list_contains(list_transform(reasons, lambda reason: reason.queue), $queue))
order by
    case $sort when '滞納額が大きい順' then -unpaid_yen end,
    case $sort when '時効が近い順' then prescription_on end nulls last,
    case $sort when '接触が古い順' then last_contact_on end nulls first,
    urgency,
    if(urgency = 1, prescription_on, null) nulls last,
    active_yen desc,
    atena_ref
limit $page_size offset $skipped
