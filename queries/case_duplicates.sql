-- grain: one suspected duplicate of a delinquent × rule × item, the strongest pair first
-- action: case.read
select suspect_key, other_name, atena_number_shown, resident_state, other_district_name, other_unpaid_yen, pair_strength, strength, rule, item,
    own_value, own_table, own_on, other_value, other_table, other_on, other_ref
from disclosed.duplicate_suspect
where atena_ref = $atena_ref
order by pair_strength desc, suspect_key, strength desc, rule, item
