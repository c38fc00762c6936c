-- grain: one difference between a stored value and the recomputed one; one page of $page_size rows
-- action: difference.read
select *, count(*) over () as total_count
from disclosed.difference
where ($district is null or district_code = $district)
  and ($item is null or item = $item)
order by item, cause, atena_ref, installment_key
limit $page_size offset $skipped
