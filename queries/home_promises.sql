-- grain: one delinquent whose promised part falls due within $days days or was missed in the last $days days
-- action: worklist.read
select
    atena_ref,
    name,
    district_name,
    plan_state,
    next_promised_on,
    next_promised_yen,
    plan_last_missed_on,
    plan_missed_yen
from disclosed.delinquent
where (plan_state = '履行中' and next_promised_on between as_of and as_of + to_days($days))
   or (plan_state = '不履行' and plan_last_missed_on >= as_of - to_days($days))
order by least(coalesce(plan_last_missed_on, next_promised_on), next_promised_on), atena_ref
limit 50
