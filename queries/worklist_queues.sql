-- grain: one queue (名簿) in the reader's districts: how many cases, how many yen
-- action: worklist.read
with listed as (
    select unnest(reasons) as reason, unpaid_yen
    from disclosed.worklist
    where $district is null or district_code = $district
)
select
    reason.queue as queue,
    reason.urgency as urgency,
    count(*) as case_count,
    sum(unpaid_yen)::bigint as unpaid_yen,
    min(reason.day) as first_day
from listed
group by all
order by urgency
