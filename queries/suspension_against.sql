-- grain: one record of the person that may speak against a 停止; whether it does, law/suspension_watch.py says: the newest 所得, each employer that
-- still pays, each property, vehicle and 財産調査 with property, the newest payment by channel
-- action: suspension_candidate.read
select '所得' as sign, corrected_on as dated_on, tax_year, null as word, '住民税 ' || tax_year as evidence_id, dependant_count,
    salary_revenue_yen + pension_revenue_yen + business_income_yen + farm_income_yen + rent_income_yen + dividend_income_yen + occasional_income_yen as yen
from (from disclosed.income where atena_ref = $atena_ref order by tax_year desc limit 1)
union all by name
select '勤務先' as sign, greatest(make_date(tax_year, 1, 1), hired_on) as dated_on, concat_ws(' ', '給報', tax_year, employer_name) as evidence_id, gross_yen as yen
from disclosed.employment
where atena_ref = $atena_ref and monthly_gross_yen is not null
union all by name
select '土地・家屋' as sign, tax_year, property_kind as word, concat_ws(' ', property_kind, property_place) as evidence_id,
    coalesce(share_valuation_yen, valuation_yen) as yen
from disclosed.property
where atena_ref = $atena_ref
union all by name
select '車両' as sign, owned_from as dated_on, vehicle_kind as word, '軽自 ' || plate as evidence_id
from disclosed.vehicle
where atena_ref = $atena_ref and ownership = '本人所有' and (scrapped_on is null or scrapped_on > (select as_of from disclosed.standing))
union all by name
select distinct '財産調査' as sign, dated_on, result as word, target || ' ' || evidence_id as evidence_id
from disclosed.screening_evidence
where atena_ref = $atena_ref and finding = '反証' and result = '財産あり'
union all by name
select '納付' as sign, max(happened_on) as dated_on, regexp_extract(summary, ' ([^ ]+)$', 1) as word, concat('収納 ', word) as evidence_id, arg_max(yen, happened_on) as yen
from disclosed.event
where atena_ref = $atena_ref and kind = '収納'
group by word
order by sign, dated_on desc nulls last, evidence_id
