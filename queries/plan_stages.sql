-- grain: one value of $dimension (地区, 担当者) × step of the cases: people and yen
-- action: collection_plan.read
select
    case $dimension when '地区' then district_name else in_charge end as part,
    case_stage,
    count(*) as case_count,
    sum(unpaid_yen)::bigint as unpaid_yen
from disclosed.planned_case
where $district is null or district_code = $district
group by all
order by min(if($dimension = '地区', district_code, '')), part, case_stage
