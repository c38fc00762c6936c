-- grain: one person (宛名番号): the district that collects, or the protected group
-- 支援措置: the flagged and their circle (protected_circle.sql) are kept out of every district, so that no list, count or
-- name of a district leads to them (住民基本台帳事務処理要領 第5-10). In doubt they are hidden: a measure that is announced
-- hides before its first day, and what an officer has marked stays until a person lifts it, whatever the feed says.
create or replace table derived.protection_seed as
with standing as (
    select * from source.ledger_entry
    where event_id not in (select corrects from source.ledger_entry where corrects is not null)
)
select atena_number from source.protection where coalesce(ended_on >= getvariable('as_of'), true)
union
select atena_number from standing
where kind = 'protection_mark'
  and event_id not in (select payload ->> '$.mark' from standing where kind = 'protection_lift');

create or replace table derived.place as
with protected as (
    select distinct atena_number from protected_circle('derived.protection_seed', getvariable('as_of'))
)
select
    person.atena_number,
    person.ward_code,
    protected.atena_number is not null as is_protected,
    person.resident_state = '職権消除' as is_whereabouts_unknown,
    case when is_protected then 'S00' else coalesce(ward.district_code, 'Z00') end as district_code,
    case when is_protected then '特別管理' else coalesce(ward.district_name, '市外・区未定') end as district_name,
    case when is_protected then null else ward.ward_name end as ward_name
from source.person as person
left join source.ward as ward using (ward_code)
left join protected using (atena_number)
