-- grain: one delinquent of a delinquent's household, the person too, with the household's total
-- action: case.read
select name, district_name, unpaid_yen, oldest_due_date, other_ref, coalesce(other_ref = atena_ref, false) as is_self,
    sum(unpaid_yen) over ()::bigint as total_yen
from disclosed.household_arrears
where atena_ref = $atena_ref
order by is_self desc, unpaid_yen desc, other_ref
