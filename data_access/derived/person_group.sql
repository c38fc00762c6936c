-- grain: one 宛名番号 of a natural person who has several (関連前宛名): the smallest of them is the group's number
-- Only links in force, followed as far as they lead; a circle of links is one group. Nothing is merged.
create or replace table derived.person_group as
with recursive link as (
    select atena_number as one, former_atena_number as other
    from source.linked_person
    where linked_on <= getvariable('as_of') and (unlinked_on is null or unlinked_on > getvariable('as_of'))
        and atena_number <> former_atena_number
), neighbour as (
    select one, other from link
    union
    select other, one from link
), reached as (
    select one as atena_number, one as other from neighbour
    union
    select reached.atena_number, neighbour.other
    from reached
    join neighbour on neighbour.one = reached.other
)
select min(other) as group_number, atena_number
from reached
group by atena_number
order by group_number, atena_number
