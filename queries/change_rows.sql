-- grain: one installment that a term moved between the two days, the largest amounts first; one page of $page_size rows
-- who owes nothing any more is not named
-- action: change.read
select *, count(*) over () as total_count
from (
    select
        atena_ref,
        any_value(atena_number_shown) as atena_number_shown,
        if(any_value(has_case), any_value(name), '（滞納なし）') as name,
        any_value(has_case) as has_case,
        any_value(district_name) as district_name,
        installment_key,
        string_agg(year_class, '・' order by year_class) as year_class,
        sum(yen)::bigint as yen
    from disclosed.change_moved
    where older_id = $older_id and measure = $measure and term = $term and ($district is null or district_code = $district)
    group by atena_ref, installment_key
)
order by abs(yen) desc, atena_ref, installment_key
limit $page_size offset $skipped
