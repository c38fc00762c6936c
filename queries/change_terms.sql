-- grain: 期首, 期末, or one thing that moved the amount between the two days, in the reader's districts
-- action: change.read
with told as (
    select term, district_code, case_count, person_count, current_yen, carried_yen, yen
    from disclosed.change_term
    where older_id = $older_id and measure = $measure
    union all by name
    select term, district_code, case_count, person_count, current_yen, carried_yen, yen
    from disclosed.change_total
    where older_id = $older_id and measure = $measure
)
select
    term,
    sum(case_count)::bigint as case_count,
    sum(person_count)::bigint as person_count,
    sum(current_yen)::bigint as current_yen,
    sum(carried_yen)::bigint as carried_yen,
    sum(yen)::bigint as yen
from told
where $district is null or district_code = $district
group by term
order by term
