-- grain: one installment (期別) of a snapshot, with what came in for it by kind (derived.installment_state), and the district of today's marks
select state.*, place.district_code
from derived.installment_state as state
join serving.place as place using (atena_number)
