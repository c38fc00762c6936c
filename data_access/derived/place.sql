-- grain: one person (宛名番号): the district that collects, or the protected group
-- 支援措置: the flagged, their household and everyone at the same address are kept out of every district,
-- so that no list, count or name of a district leads to them (住民基本台帳事務処理要領 第5-10).
create or replace table derived.place as
with flagged as (
    select distinct atena_number
    from source.protection
    where started_on <= getvariable('as_of') and (ended_on is null or ended_on >= getvariable('as_of'))
), with_household as (
    select member.atena_number, member.postal_code, member.town, member.address_rest
    from source.person as member
    where member.atena_number in (from flagged)
       or member.household_number in (
            select household_number from source.person where atena_number in (from flagged))
), protected as (
    select atena_number from with_household
    union
    select neighbour.atena_number
    from source.person as neighbour
    join with_household using (postal_code, town, address_rest)
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
