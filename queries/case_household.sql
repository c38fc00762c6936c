-- grain: one member of a delinquent's household
-- action: case.read
select name, relation, age, resident_state, nhi_acquired_on, nhi_lost_on
from disclosed.household_member
where atena_ref = $atena_ref
order by case relation when '世帯主' then 0 else 1 end, nhi_acquired_on
