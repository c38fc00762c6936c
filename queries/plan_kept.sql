-- grain: one value of $dimension (地区, 担当者): its 分納, kept and broken
-- action: collection_plan.read
-- kept_rate: of those that have come to an end or to a missed part or are being kept, the share not broken and not cancelled.
select
    case $dimension when '地区' then district_name else in_charge end as part,
    count(*) as plan_count,
    count(*) filter (where plan_state = '履行中') as kept_count,
    count(*) filter (where plan_state = '完納') as paid_up_count,
    count(*) filter (where plan_state = '不履行') as broken_count,
    count(*) filter (where plan_state = '取消') as cancelled_count,
    sum(planned_yen)::bigint as planned_yen,
    sum(paid_yen)::bigint as plan_paid_yen,
    coalesce(sum(missed_yen) filter (where plan_state = '不履行'), 0)::bigint as plan_missed_yen,
    percent(count(*) filter (where plan_state in ('履行中', '完納')), count(*)) as kept_rate
from disclosed.kept_plan
where ($district is null or district_code = $district)
group by part
order by min(if($dimension = '地区', district_code, '')), part
