-- grain: one delinquent × tax year (課税年度): income by kind and the 住民税 on it, the newest correction of each
create or replace table derived.case_income as
select income.*
from source.resident_tax as income
semi join derived.delinquent as delinquent using (atena_number)
order by atena_number, tax_year
