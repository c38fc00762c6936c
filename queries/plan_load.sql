-- grain: one value of $dimension (地区, 担当者): its cases and yen, how many of them nobody has spoken to for $no_contact_days days
-- action: collection_plan.read
-- What is wholly under 執行停止 is left alone by law and counts nowhere here.
with worked as (
    select
        case $dimension when '地区' then district_name else in_charge end as part,
        if($dimension = '地区', district_code, '') as part_order,
        active_yen,
        last_contact_on,
        coalesce(last_contact_on < as_of - to_days($no_contact_days), oldest_due_date < as_of - to_days($no_contact_days)) as is_omitted
    from disclosed.planned_case
    where case_stage <> '執行停止' and ($district is null or district_code = $district)
)
select
    part,
    count(*) as case_count,
    sum(active_yen)::bigint as worked_yen,
    count(*) filter (where is_omitted) as omitted_count,
    coalesce(sum(active_yen) filter (where is_omitted), 0)::bigint as omitted_yen,
    count(*) filter (where is_omitted and last_contact_on is null) as never_count,
    percent(count(*) filter (where is_omitted), count(*)) as omitted_rate,
    percent(count(*) * count(*) over (), sum(count(*)) over ()) as load_rate
from worked
group by part, part_order
order by part_order, case_count desc, part
