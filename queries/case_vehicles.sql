-- grain: one light vehicle of a delinquent, the scrapped ones last
-- action: case.read
select * exclude (atena_ref)
from disclosed.vehicle
where atena_ref = $atena_ref
order by scrapped_on is not null, owned_from desc, plate
