-- grain: one person of one 期限の種類 whose day is from $from_day to before $to_day, the earliest first; one page of $page_size rows
-- action: deadline.read
select *, count(*) over () as total_count
from (
    select
        atena_ref,
        any_value(name) as name,
        any_value(district_name) as district_name,
        min(deadline_day) as deadline_day,
        count(*) as case_count,
        sum(yen)::bigint as yen
    from disclosed.deadline
    where deadline_kind = $kind and deadline_day >= $from_day and deadline_day < $to_day
      and ($district is null or district_code = $district)
    group by atena_ref
)
order by deadline_day, yen desc, atena_ref
limit $page_size offset $skipped
