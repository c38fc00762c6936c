-- grain: 号 × record that is missing × how: how many 資料不足 lack it, nobody named; null below ten where no persons are shown
-- action: suspension_candidate.summary
select ground, clause, target, finding, sum(person_count)::bigint as person_count
from disclosed.suspension_lacking
where $district is null or district_code = $district
group by all
order by ground, person_count desc nulls last, clause, target, finding
