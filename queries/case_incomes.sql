-- grain: one tax year (課税年度) of a delinquent, newest first: income by kind, and what the 国保料 of that year was levied on
-- action: case.read
select * exclude (atena_ref)
from disclosed.income
where atena_ref = $atena_ref
order by tax_year desc
