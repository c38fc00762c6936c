-- grain: one levy year of a delinquent's household
-- action: case.read
select levy_year, insured_count, income_yen, reduction_tenths, levied_yen
from disclosed.levy
where atena_ref = $atena_ref
order by levy_year desc
