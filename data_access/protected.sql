-- 支援措置 as of this moment: made anew when an officer marks somebody, and for an older day with what is known now.
-- serving.protection_seed holds who was marked (and, for an older day, everyone protected today).

-- grain: one protected person
create or replace table serving.protected as
select atena_number from derived.place where is_protected
union
select atena_number from protected_circle('serving.protection_seed', (select as_of from serving.standing));

-- grain: one person who never appears in somebody else's case: the protected, and every other number of the same person
create or replace table serving.hidden_person as
select atena_number from derived.hidden_person
union
from serving.protected
union
select other.atena_number
from derived.person_group as one
join derived.person_group as other using (group_number)
where one.atena_number in (from serving.protected);

-- grain: one person whose letters go to a protected person, to where one lives, or to where one's own letters go
create or replace table serving.protected_letter as
with home as (
    select postal_code, replace(translate(town || address_rest, '　', ' '), ' ', '') as place
    from source.person
    where atena_number in (from serving.protected) and town || address_rest is not null
    union
    select postal_code, replace(translate(address, '　', ' '), ' ', '') as place
    from source.mailing_address
    where atena_number in (from serving.protected)
), letter as (
    select *, replace(translate(address, '　', ' '), ' ', '') as letter_place, replace(translate(addressee_name, '　', ' '), ' ', '') as letter_name
    from source.mailing_address
)
select atena_number from letter where addressee_atena_number in (from serving.protected)
union
select letter.atena_number from letter join home on home.postal_code = letter.postal_code and ends_with(letter.letter_place, home.place)
union
select letter.atena_number from letter
join source.person as person on replace(translate(person.name, '　', ' '), ' ', '') = letter.letter_name
where person.atena_number in (from serving.protected);

-- grain: one property that a protected person holds, alone or in part
create or replace table serving.protected_property as
select property_kind, property_number from source.co_ownership where atena_number in (from serving.protected)
union
select '土地', property_number from source.property_tax_land where atena_number in (from serving.protected)
union
select '家屋', property_number from source.property_tax_building where atena_number in (from serving.protected);

-- grain: one text by which a protected person could be found in somebody else's record
create or replace table serving.protected_trace as
select 'phone' as trace_kind, phone as trace from source.contact where atena_number in (from serving.protected)
union
select 'phone', account_phone from source.bank_account where atena_number in (from serving.protected) and account_phone is not null
union
select 'account', bank_code || account_number from source.bank_account where atena_number in (from serving.protected)
union
select 'holder', person.name_kana from source.person as person where atena_number in (from serving.protected) and name_kana is not null
union
select 'name', person.name from source.person as person where atena_number in (from serving.protected) and name is not null
union
select 'name', replace(translate(person.name, '　', ' '), ' ', '') from source.person as person where atena_number in (from serving.protected) and name is not null
union
select 'place', person.town || person.address_rest from source.person as person
where atena_number in (from serving.protected) and length(town || address_rest) > 4
union
select 'place', regexp_replace(letter.address, '^(.{2,3}[都道府県])?([^市]{1,8}市)?', '') as place from source.mailing_address as letter
where atena_number in (from serving.protected) and length(place) > 4;

create or replace table serving.protected_words as
select coalesce(list(distinct trace) filter (where trace_kind in ('name', 'place', 'phone')), []) as words from serving.protected_trace;
