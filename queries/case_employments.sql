-- grain: one pay report of a delinquent: employer × tax year, those who still pay first
-- action: case.read
select * exclude (atena_ref), monthly_gross_yen is not null as is_paying
from disclosed.employment
where atena_ref = $atena_ref
order by is_paying desc, tax_year desc, gross_yen desc
