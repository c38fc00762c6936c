-- grain: one person who is named in somebody else's case (名寄せ): another number, an heir, a deceased, a suspect
-- Whoever is not here appears in nobody's case: every view of 名寄せ joins this table, and the protected are not in it.
create or replace table derived.person_beside as
with named as (
    select atena_number from derived.person_group
    union
    select heir_number from derived.heir_share where heir_number is not null
    union
    select atena_number from derived.heir_share
    union
    select first_number from derived.duplicate_suspect
    union
    select second_number from derived.duplicate_suspect
)
select
    named.atena_number,
    person.name,
    person.birth_date,
    person.resident_state,
    coalesce(place.district_code, 'Z00') as district_code,
    coalesce(place.district_name, '市外・区未定') as district_name,
    delinquent.atena_ref,
    delinquent.unpaid_yen,
    delinquent.oldest_due_date
from named
anti join derived.hidden_person using (atena_number)
left join source.person as person using (atena_number)
left join derived.place as place using (atena_number)
left join derived.delinquent as delinquent using (atena_number)
order by named.atena_number
