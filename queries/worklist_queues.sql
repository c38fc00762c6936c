-- grain: one queue (名簿) in the reader's districts: how many cases, how many yen
-- action: worklist.read
select
    reason.queue,
    reason.urgency,
    count(*) as case_count,
    sum(delinquent.unpaid_yen)::bigint as unpaid_yen,
    min(reason.day) as first_day
from disclosed.reason as reason
join disclosed.delinquent as delinquent using (atena_ref)
where $district is null or reason.district_code = $district
group by all
order by reason.urgency
