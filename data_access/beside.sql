-- grain: one other person of whom a question about one person tells something ($question, $atena_ref)
-- For the access log alone: the numbers become references in it, also where the reader sees none, and reach no screen.
with asked as (
    select atena_number from derived.delinquent where atena_ref = $atena_ref
), told as (
    select 'case_household' as question, member.member_number as atena_number
    from derived.household_member as member
    semi join asked using (atena_number)
    union all
    select 'case_household_arrears' as question, member.member_number
    from derived.household_member as member
    semi join asked using (atena_number)
    semi join derived.delinquent as owing on owing.atena_number = member.member_number
    where member.member_number not in (select atena_number from serving.hidden_person)
    union all
    select 'case_heirs' as question, beside.atena_number
    from derived.heir_share as share
    semi join asked using (atena_number)
    join serving.person_beside as beside on beside.atena_number = share.heir_number
    union all
    select 'case_inherited' as question, beside.atena_number
    from derived.heir_share as share
    semi join asked on asked.atena_number = share.heir_number
    join serving.person_beside as beside on beside.atena_number = share.atena_number
    union all
    select 'case_related_numbers' as question, beside.atena_number
    from derived.person_group as own
    semi join asked using (atena_number)
    join derived.person_group as related using (group_number)
    join serving.person_beside as beside on beside.atena_number = related.atena_number
    union all
    select 'case_duplicates' as question, beside.atena_number
    from derived.duplicate_suspect as pair
    join asked on asked.atena_number in (pair.first_number, pair.second_number)
    join serving.person_beside as beside
        on beside.atena_number = if(pair.first_number = asked.atena_number, pair.second_number, pair.first_number)
    union all
    select 'case_properties' as question, holder.atena_number
    from derived.case_property as property
    semi join asked using (atena_number)
    join source.co_ownership as holder using (property_kind, property_number)
    union all
    select 'suspension_against' as question, holder.atena_number
    from derived.case_property as property
    semi join asked using (atena_number)
    join source.co_ownership as holder using (property_kind, property_number)
)
select distinct atena_number from told where question = $question order by atena_number
