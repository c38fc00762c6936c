-- grain: one other 宛名番号 of the same natural person
-- action: case.read
select name, atena_number_shown, resident_state, district_name, unpaid_yen, oldest_due_date, other_ref
from disclosed.related_number
where atena_ref = $atena_ref
order by unpaid_yen desc, atena_number_shown
