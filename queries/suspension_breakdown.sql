-- grain: part of one 分け方 × 号: how many delinquents of one verdict, how many yen, nobody named; null below ten where no persons are shown
-- action: suspension_candidate.summary
select part, part_order, ground, sum(person_count)::bigint as person_count, sum(active_yen)::bigint as active_yen
from disclosed.suspension_breakdown
where dimension = $dimension and verdict = $verdict and ($district is null or district_code = $district)
group by part, part_order, ground
order by part_order, part, ground
