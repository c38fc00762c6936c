-- grain: one delinquent who matches the 宛名番号 ($atena_ref), or at least two of name, birth date and town (本人確認)
-- action: case.read
-- $person_name is folded into a key as the names of the register are (曖昧検索): how it is written does not matter.
-- The beginning of a name or a town counts from two letters on; one letter is no 本人確認, but a way to leaf through a district.
with compared as (
    select
        atena_ref,
        ($atena_ref::varchar is not null and atena_ref = $atena_ref::varchar) as is_number_equal,
        ($person_name::varchar is not null and name_key($person_name::varchar) <> ''
            and len(list_filter(name_keys, lambda key: key = name_key($person_name::varchar)
                or (length(name_key($person_name::varchar)) >= 2 and starts_with(key, name_key($person_name::varchar))))) > 0)::integer
            + ($birth_date::date is not null and birth_date = $birth_date::date)::integer
            + ($town::varchar is not null and (town = $town::varchar or (length($town::varchar) >= 2 and starts_with(town, $town::varchar))))::integer as equal_count,
        ($person_name::varchar is not null)::integer + ($birth_date::date is not null)::integer + ($town::varchar is not null)::integer as asked_count
    from disclosed.identity
)
select
    delinquent.atena_ref,
    delinquent.name,
    delinquent.name_kana,
    delinquent.age,
    delinquent.town,
    delinquent.district_name,
    delinquent.unpaid_yen
from disclosed.delinquent as delinquent
join compared using (atena_ref)
where is_number_equal or (asked_count >= 2 and equal_count = asked_count)
order by delinquent.name_kana, delinquent.atena_ref
limit 20
