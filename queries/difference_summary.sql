-- grain: item × reason: how many stored values differ from what the source's own rows give, nobody named
-- action: difference.summary
select item, cause, sum(case_count)::bigint as case_count, sum(difference_yen)::bigint as difference_yen
from disclosed.difference_summary
where $district is null or district_code = $district
group by item, cause
order by item, case_count desc, cause
