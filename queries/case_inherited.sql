-- grain: one deceased whose debt a delinquent inherited
-- action: case.read
select name, atena_number_shown, district_name, share_numerator || '/' || share_denominator as share, share_yen, unpaid_yen, other_ref
from disclosed.inherited
where atena_ref = $atena_ref
order by share_yen desc, atena_number_shown
