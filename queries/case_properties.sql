-- grain: one land or building of a delinquent, the most valuable part first
-- action: case.read
select
    * exclude (atena_ref, tax_year, share_numerator, share_denominator, holder_count),
    case when share_numerator is null then '共有（持分不明）'
         when share_numerator = share_denominator then '単独'
         else share_numerator || '/' || share_denominator || '（' || holder_count || '人の共有）' end as share
from disclosed.property
where atena_ref = $atena_ref
order by share_valuation_yen desc nulls last, property_kind, property_place
