-- grain: one delinquent × land or building (物件) that is taxed this year and is theirs, alone or in part
-- Whose tax is theirs alone owns the whole; of what is shared, 共有情報 says the part. A part that nobody wrote down is null.
create or replace table derived.case_property as
with property as (
    select
        '土地' as property_kind, property_number, tax_year, atena_number as taxpayer_number, location, lot_number,
        land_category as property_use, null as structure, null::integer as built_year, area_hundredths, valuation_yen, is_co_owned
    from source.property_tax_land
    where tax_year = (select max(tax_year) from source.property_tax_land)
    union all by name
    select
        '家屋' as property_kind, property_number, tax_year, atena_number as taxpayer_number, location, building_number as lot_number,
        building_use as property_use, structure, built_year, floor_area_hundredths as area_hundredths, valuation_yen, is_co_owned
    from source.property_tax_building
    where tax_year = (select max(tax_year) from source.property_tax_building)
), holder as (
    select property_kind, property_number, taxpayer_number as atena_number, 1 as share_numerator, 1 as share_denominator
    from property
    where not is_co_owned
    union all by name
    select property_kind, property_number, atena_number, share_numerator, share_denominator
    from source.co_ownership
    semi join (from property where is_co_owned) using (property_kind, property_number)
    union all by name
    select property_kind, property_number, taxpayer_number as atena_number, null as share_numerator, null as share_denominator
    from property
    where is_co_owned
      and not exists (
        select 1 from source.co_ownership as part
        where part.property_kind = property.property_kind and part.property_number = property.property_number
          and part.atena_number = property.taxpayer_number)
), counted as (
    select
        holder.*,
        count(*) over each_property as holder_count,
        -- a house may be where a protected co-owner lives: its place is shown to nobody
        coalesce(bool_or(place.is_protected) over each_property, false) as has_protected_holder
    from holder
    left join derived.place as place using (atena_number)
    window each_property as (partition by property_kind, property_number)
)
select
    counted.atena_number,
    property.property_kind,
    property.property_number,
    property.tax_year,
    property.location,
    property.lot_number,
    property.property_use,
    property.structure,
    property.built_year,
    property.area_hundredths,
    property.valuation_yen,
    counted.share_numerator,
    counted.share_denominator,
    counted.holder_count::integer as holder_count,
    (property.valuation_yen * counted.share_numerator // counted.share_denominator)::bigint as share_valuation_yen,
    counted.has_protected_holder
from counted
join property using (property_kind, property_number)
semi join derived.delinquent as delinquent on delinquent.atena_number = counted.atena_number
order by counted.atena_number, property.property_kind, property.property_number
