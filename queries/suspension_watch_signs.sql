-- grain: one sign: how many stopped people show it, and what the law says of it
-- action: suspension_watch.read
select sign, meaning, article, count(distinct atena_ref) as person_count, max(happened_on) as happened_on
from disclosed.recovery_sign
where $district is null or district_code = $district
group by all
order by person_count desc, sign
