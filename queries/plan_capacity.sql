-- grain: one value of $dimension (地区, 名簿): its cases, each under its first reason, the minutes they need in a month, and what the month's hours leave undone
-- action: collection_plan.read
-- $queues, $minutes: the plan's minutes a case by 名簿; $areas, $hours: its hours a month by district, side by side; $percent of those hours are there.
-- Cases are worked in the order of the ワークリスト: what cannot be undone first, then the time that runs out first, then most yen.
with cost as (
    select unnest($queues::varchar[]) as queue, unnest($minutes::integer[]) as minutes
), room as (
    select unnest($areas::varchar[]) as district_code, unnest($hours::integer[]) as hours
), listed as (
    select
        district_code,
        district_name,
        reasons[1].queue as queue,
        urgency,
        active_yen,
        prescription_on,
        prescription_yen,
        coalesce(cost.minutes, 0) as minutes,
        sum(coalesce(cost.minutes, 0)) over (
            partition by district_code
            order by urgency, if(urgency = 1, prescription_on, null) nulls last, active_yen desc, atena_ref
            rows unbounded preceding) as minutes_so_far
    from disclosed.worklist
    left join cost on cost.queue = reasons[1].queue
    where $district is null or district_code = $district
), placed as (
    select listed.*, minutes_so_far > coalesce(room.hours, 0) * 60 * $percent / 100 as is_left
    from listed
    left join room using (district_code)
)
select
    if($dimension = '地区', district_name, queue) as part,
    count(*) as case_count,
    ceil(sum(minutes) / 60)::bigint as needed_hours,
    count(*) filter (where is_left) as undone_count,
    coalesce(sum(active_yen) filter (where is_left), 0)::bigint as undone_yen,
    -- what is lost for good if the left are still left at the end of the fiscal year
    count(*) filter (where is_left and prescription_on <= $until) as lost_count,
    coalesce(sum(prescription_yen) filter (where is_left and prescription_on <= $until), 0)::bigint as lost_yen
from placed
group by part
order by min(if($dimension = '地区', district_code, urgency::varchar)), part
