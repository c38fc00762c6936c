-- grain: one delinquent × suspected duplicate, the strongest first; one page of $page_size rows
-- action: duplicate.read
with pair as (
    select atena_ref, suspect_key, name, district_name, district_code, unpaid_yen, other_name, atena_number_shown, resident_state,
        other_district_name, other_unpaid_yen, pair_strength, other_ref,
        string_agg(distinct rule, '、' order by rule) as rules
    from disclosed.duplicate_suspect
    where ($district is null or district_code = $district)
      and ($strength::integer is null or pair_strength = $strength::integer)
    group by all
)
select *, count(*) over () as total_count
from pair
order by pair_strength desc, unpaid_yen + other_unpaid_yen desc, atena_ref, suspect_key
limit $page_size offset $skipped
