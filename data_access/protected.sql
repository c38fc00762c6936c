-- 支援措置 as of this moment: made anew when an officer marks somebody, and for an older day with what is known now.
-- serving.protection_seed holds who was marked (and, for an older day, everyone protected today).

-- every way to write a name, a telephone or a number made one; what nobody sees in a text is no part of it
create or replace macro trace_key(text) as regexp_replace(name_key(nfc_normalize(text)),
    '[()（）〔〕~〜–—‑\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}-\x{2069}\x{FE00}-\x{FE0F}\x{FEFF}\x{E0100}-\x{E01EF}]', '', 'g');

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
    select trace_key(postal_code) as postal_key, address_key(town || address_rest) as place
    from source.person
    where atena_number in (from serving.protected) and town || address_rest is not null
    union
    select trace_key(postal_code) as postal_key, address_key(address) as place
    from source.mailing_address
    where atena_number in (from serving.protected)
)
select atena_number from source.mailing_address where addressee_atena_number in (from serving.protected)
union
select letter.atena_number
from source.mailing_address as letter
join home on home.postal_key = trace_key(letter.postal_code) and ends_with(address_key(letter.address), home.place);

-- grain: one property that a protected person holds, alone or in part
create or replace table serving.protected_property as
select property_kind, property_number from source.co_ownership where atena_number in (from serving.protected)
union
select '土地', property_number from source.property_tax_land where atena_number in (from serving.protected)
union
select '家屋', property_number from source.property_tax_building where atena_number in (from serving.protected);

-- grain: one text by which a protected person could be found in somebody else's record, folded as the record will be
create or replace table serving.protected_trace as
select if(key_kind = 'カナ', 'kana', 'name') as trace_kind, trace_key(search_key) as trace
from derived.person_search_key
where atena_number in (from serving.hidden_person)
union
select 'phone', trace_key(phone) from source.contact where atena_number in (from serving.hidden_person) and phone is not null
union
select 'phone', trace_key(account_phone) from source.bank_account
where atena_number in (from serving.hidden_person) and account_phone is not null
union
select 'account', trace_key(account_number) from source.bank_account where atena_number in (from serving.hidden_person)
union
select 'number', atena_number from serving.hidden_person
union
select 'place', address_key(place) from (
    select unnest([town || address_rest, forwarding_address]) as place from source.person where atena_number in (from serving.protected)
    union all
    select address from source.mailing_address where atena_number in (from serving.protected)
);

-- what is looked for in a text: a place without its prefecture and city, and nothing so short that everybody has it
create or replace table serving.protected_words as
with word as (
    select trace_kind, if(trace_kind = 'place', regexp_replace(trace, '^(.{2,3}[都道府県])?([^市]{1,8}市)?', ''), trace) as word
    from serving.protected_trace
)
select coalesce(list(distinct word), []) as words
from word
where length(word) >= case trace_kind when 'name' then 2 when 'kana' then 4 else 5 end;
