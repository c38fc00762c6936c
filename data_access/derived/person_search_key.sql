-- grain: one person × kind of name × key: the name without the ways to write it (曖昧検索; name_key is in search_key.py)
create or replace table derived.person_search_key as
with named as (
    select atena_number, 'カナ' as key_kind, name_key(name_kana) as search_key from source.person
    union
    select atena_number, 'カナ' as key_kind, name_key(name_search_kana) as search_key from source.person
    union all
    select atena_number, '氏名' as key_kind, name_key(name) as search_key from source.person
    union all
    select atena_number, '通称' as key_kind, name_key(common_name) as search_key from source.person
)
select *
from named
where search_key <> ''
order by atena_number, key_kind, search_key
