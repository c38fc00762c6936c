-- grain: one heir of a deceased delinquent with the yen borne, and one row 残り
-- action: case.read
select name, atena_number_shown, relation, share_numerator || '/' || share_denominator as share, share_yen, basis, renounced_on, other_ref
from disclosed.heir
where atena_ref = $atena_ref
order by heir_place nulls last
