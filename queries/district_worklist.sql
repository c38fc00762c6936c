-- grain: one delinquent in the reader's districts, with every reason it is on the list; one page of $page_size rows
-- action: worklist.read
with listed as (
    select
        atena_ref,
        min(urgency) as urgency,
        list({'queue': queue, 'day': day, 'yen': yen} order by urgency) as reasons
    from disclosed.reason
    group by atena_ref
    having $queue is null or bool_or(queue = $queue)
)
select
    delinquent.atena_ref,
    delinquent.name,
    delinquent.age,
    delinquent.district_name,
    delinquent.town,
    listed.reasons,
    delinquent.unpaid_yen,
    delinquent.charge_yen,
    delinquent.open_count,
    delinquent.oldest_due_date,
    delinquent.prescription_on,
    delinquent.last_contact_on,
    delinquent.last_outcome,
    delinquent.last_payment_on,
    delinquent.plan_state,
    count(*) over () as total_count,
    sum(delinquent.unpaid_yen) over ()::bigint as total_yen
from disclosed.delinquent as delinquent
join listed using (atena_ref)
where $district is null or delinquent.district_code = $district
order by
    case $sort when '滞納額が大きい順' then -delinquent.unpaid_yen end,
    case $sort when '時効が近い順' then delinquent.prescription_on end nulls last,
    case $sort when '接触が古い順' then delinquent.last_contact_on end nulls first,
    listed.urgency,
    delinquent.unpaid_yen desc,
    delinquent.atena_ref
limit $page_size offset $skipped
