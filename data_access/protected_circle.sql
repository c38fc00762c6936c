-- Who is hidden together with the people of a table `seed_name` (one column, atena_number), on the day `day`:
-- the same person under every linked number, however far the links lead, their households, everyone at the same address, and everyone who lives where
-- their letters go, however it is written (address_key). Whoever lives there may be the one who shelters them.
create or replace macro protected_circle(seed_name, day) as table
with recursive seed as (
    select distinct atena_number from query_table(seed_name)
), link as (
    select atena_number as one, former_atena_number as other from source.linked_person
    union
    select former_atena_number as one, atena_number as other from source.linked_person
), same_person as (
    select atena_number from seed
    union
    select link.other from same_person join link on link.one = same_person.atena_number
), with_household as (
    select member.atena_number, member.postal_code, member.town || member.address_rest as home
    from source.person as member
    where member.atena_number in (from same_person)
       or member.household_number in (
            select household_number from source.person where atena_number in (from same_person))
), place as (
    select postal_code, address_key(home) as place
    from with_household
    where home is not null
    union
    select letter.postal_code, address_key(letter.address)
    from source.mailing_address as letter
    where letter.atena_number in (select atena_number from with_household)
      and coalesce(letter.valid_to >= day, true)
), near as materialized (  -- few: only their addresses are folded
    select neighbour.atena_number, neighbour.town || neighbour.address_rest as home, place.place
    from source.person as neighbour
    join place on place.postal_code = neighbour.postal_code
)
select atena_number from same_person
union
select atena_number from with_household
union
select atena_number from near where ends_with(place, nullif(address_key(home), ''));
