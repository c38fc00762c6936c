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
where dimension = case $dimension
        when '期別' then 'installment_no'
        when '地区' then 'district'
        when '担当' then 'officer'
        when '年齢' then 'age_band'
        when '所得' then 'income_class'
        when '納付方法' then 'payment_method'
        when '医療・支援・介護・子ども' then 'component'
        when '相当年度' then 'levy_year'
    end
  and ($part_key is null or part = $part_key)
  and ($year_class = '合計' or year_class = $year_class)
  and ($district is null or district_code = $district)
order by overdue_yen desc, atena_ref, installment_key
limit $page_size offset $skipped
