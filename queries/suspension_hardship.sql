-- grain: one delinquent: what the household lives on, beside the line of hardship
-- action: suspension_candidate.read
select member_count, recorded_count, revenue_yen, dependant_count, limit_yen, monthly_yen, lacking_count, line, resident_state
from disclosed.household_hardship
where atena_ref = $atena_ref
