-- grain: one overdue 期別 behind the 滞納 of one part ($dimension, $part_key; no part = all), the largest first; one page of $page_size rows
-- action: worklist.read
select
    atena_ref,
    atena_number_shown,
    name,
    district_name,
    installment_key,
    year_class,
    due_date,
    assessed_yen,
    overdue_yen,
    count(*) over () as total_count,
    sum(overdue_yen) over ()::bigint as total_yen
from disclosed.rate_open
where dimension = rate_dimension_column($dimension)
  and ($part_key is null or part = $part_key)
  and ($year_class = '合計' or year_class = $year_class)
  and ($district is null or district_code = $district)
order by overdue_yen desc, atena_ref, installment_key
limit $page_size offset $skipped
