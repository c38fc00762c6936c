-- THE GATE OF DATA, continued (賦課・所得・財産 of a delinquent). The macros and the rule stand in ../disclosed.sql.

-- grain: one levy year of a delinquent's premium
create view disclosed.levy as
select
    delinquent.atena_ref,
    levy.levy_year,
    whole('C9', levy.insured_count) as insured_count,
    whole('C5', levy.income_yen) as income_yen,
    whole('C5', levy.reduction_tenths) as reduction_tenths,
    whole('C9', levy.levied_yen) as levied_yen
from serving.delinquent as delinquent
join source.nhi_levy as levy on levy.head_atena_number = delinquent.atena_number
where in_scope(delinquent.district_code);

-- 住民税・固定資産税・軽自動車税: what a delinquent earns and owns. Everything here is C5. A workplace, a house or a number
-- plate may lead to a protected person: it is shown to nobody, from their own case or from a co-owner's. And a house is
-- mostly a home: who is shown an address to the town only is shown the place of a property no further.

-- grain: one tax year of a delinquent: income by kind, the 住民税 on it, and the 国保賦課 of the same year
create view disclosed.income as
select
    delinquent.atena_ref,
    whole('C5', income.tax_year) as tax_year,
    whole('C5', income.total_income_yen) as total_income_yen,
    whole('C5', income.salary_revenue_yen) as salary_revenue_yen,
    whole('C5', income.salary_income_yen) as salary_income_yen,
    whole('C5', income.pension_revenue_yen) as pension_revenue_yen,
    whole('C5', income.pension_income_yen) as pension_income_yen,
    whole('C5', income.business_income_yen) as business_income_yen,
    whole('C5', income.farm_income_yen) as farm_income_yen,
    whole('C5', income.rent_income_yen) as rent_income_yen,
    whole('C5', income.dividend_income_yen) as dividend_income_yen,
    whole('C5', income.occasional_income_yen) as occasional_income_yen,
    whole('C5', income.insurance_deduction_yen) as insurance_deduction_yen,
    whole('C5', income.deduction_yen) as deduction_yen,
    whole('C5', income.dependant_count) as dependant_count,
    whole('C5', income.resident_tax_yen) as resident_tax_yen,
    whole('C5', income.collection_method) as collection_method,
    whole('C5', income.corrected_on) as corrected_on,
    whole('C5', levy.income_yen) as income_yen,
    whole('C5', levy.reduction_tenths) as reduction_tenths
from derived.case_income as income
join serving.delinquent as delinquent using (atena_number)
left join source.nhi_levy as levy on levy.head_atena_number = income.atena_number and levy.levy_year = income.tax_year
where in_scope(delinquent.district_code);

-- grain: one pay report of a delinquent: employer × tax year; what a month's pay is likely to be where it is still paid
create view disclosed.employment as
select
    delinquent.atena_ref,
    whole('C5', employment.tax_year) as tax_year,
    case when kept_back(delinquent.is_protected) then whole('C5', '（非表示）') else whole('C5', employer.employer_name) end as employer_name,
    case when kept_back(delinquent.is_protected) then whole('C5', '（非表示）') else whole('C5', employer.employer_address) end as employer_address,
    whole('C5', employment.gross_yen) as gross_yen,
    whole('C5', employment.income_tax_yen) as income_tax_yen,
    whole('C5', employment.social_insurance_yen) as social_insurance_yen,
    whole('C5', employment.hired_on) as hired_on,
    whole('C5', employment.left_on) as left_on,
    whole('C5', employment.is_withholding) as is_withholding,
    whole('C5', wage.months_worked) as months_worked,
    whole('C5', wage.gross_yen) as monthly_gross_yen,
    whole('C5', wage.income_tax_yen) as monthly_income_tax_yen,
    whole('C5', wage.resident_tax_yen) as monthly_resident_tax_yen,
    whole('C5', wage.social_insurance_yen) as monthly_insurance_yen,
    whole('C5', wage.dependant_count) as dependant_count,
    whole('C5', limits.attachable_yen) as attachable_yen
from source.employment as employment
join serving.delinquent as delinquent using (atena_number)
left join source.corporation_return as employer using (designated_number, tax_year)
left join derived.wage_fact as wage using (atena_number, tax_year, designated_number)
left join derived.attachable_wage as limits on limits.atena_number = wage.atena_number
where in_scope(delinquent.district_code);

-- grain: one land or building of a delinquent
create view disclosed.property as
select
    delinquent.atena_ref,
    whole('C5', property.property_kind) as property_kind,
    whole('C5', property.tax_year) as tax_year,
    case when kept_back(delinquent.is_protected) or property.has_protected_holder or led.property_number is not null then whole('C5', '（非表示）')
         else whole('C5', shown('C2', property.location || ' ' || property.lot_number, property.location)) end as property_place,
    whole('C5', property.property_use) as property_use,
    whole('C5', property.structure) as structure,
    whole('C5', property.built_year) as built_year,
    whole('C5', property.area_hundredths) as area_hundredths,
    whole('C5', property.valuation_yen) as valuation_yen,
    whole('C5', property.share_numerator) as share_numerator,
    whole('C5', property.share_denominator) as share_denominator,
    whole('C5', property.holder_count) as holder_count,
    whole('C5', property.share_valuation_yen) as share_valuation_yen
from derived.case_property as property
left join serving.protected_property as led using (property_kind, property_number)
join serving.delinquent as delinquent using (atena_number)
where in_scope(delinquent.district_code);

-- grain: one light vehicle of a delinquent, the scrapped ones too
create view disclosed.vehicle as
select
    delinquent.atena_ref,
    case when kept_back(delinquent.is_protected) then whole('C5', '（非表示）') else whole('C5', vehicle.plate) end as plate,
    whole('C5', vehicle.vehicle_kind) as vehicle_kind,
    whole('C5', vehicle.first_registered_on) as first_registered_on,
    whole('C5', vehicle.owned_from) as owned_from,
    whole('C5', vehicle.scrapped_on) as scrapped_on,
    whole('C5', vehicle.ownership) as ownership,
    whole('C5', vehicle.yearly_tax_yen) as yearly_tax_yen
from source.light_vehicle as vehicle
join serving.delinquent as delinquent using (atena_number)
where in_scope(delinquent.district_code);
