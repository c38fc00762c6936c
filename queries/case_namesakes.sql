-- grain: one other delinquent in reach whose name is read alike: for whom a record may be meant
-- action: case.read
select other_ref, age, town
from disclosed.namesake
where atena_ref = $atena_ref
order by other_ref
limit 20
