-- grain: one person who never appears in somebody else's case: 支援措置, and every other number of the same person
create or replace table derived.hidden_person as
select atena_number
from derived.place
where is_protected
union
select other.atena_number
from derived.place as place
join derived.person_group as one using (atena_number)
join derived.person_group as other using (group_number)
where place.is_protected
order by atena_number
