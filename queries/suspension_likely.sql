-- grain: one delinquent × 号 with verdict 該当の疑い, all of them, for the comparison of two days
-- action: suspension_candidate.read
select atena_ref, name, district_name, ground, active_yen
from disclosed.suspension_candidate
where verdict = '該当の疑い' and ($district is null or district_code = $district)
order by atena_ref, ground
