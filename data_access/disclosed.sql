-- THE GATE OF DATA. Which rows, which columns, how masked: decided here, once, and nowhere else.
--
-- Every question reads these views and nothing else. They look at three variables that reader(user) sets on its
-- own cursor: scope ('all', 'own'), districts (codes), clearance (column class → 'read', 'masked', 'none').
-- Where a variable is missing every condition is false and every value null: no variables, no data.

create schema disclosed;

create macro level(class) as coalesce(getvariable('clearance')[class], 'none');
create macro in_scope(district_code) as coalesce(
    case getvariable('scope')
        when 'all' then true
        when 'own' then list_contains(getvariable('districts'), district_code)
    end, false);
create macro shown(class, value, mask) as case level(class) when 'read' then value when 'masked' then mask end;
-- 支援措置: hidden from everybody until C7 has been revealed for this one person (一時解除)
create macro kept_back(is_protected) as coalesce(is_protected, true) and level('C7') <> 'read';
create macro whole(class, value) as case level(class) when 'read' then value end;
-- of somebody else in this person's case: a reveal (一時解除) is of one person, and opens nothing of whoever stands beside them
create macro level_beside(class) as coalesce(getvariable('clearance_beside')[class], 'none');
create macro shown_beside(class, value, mask) as case level_beside(class) when 'read' then value when 'masked' then mask end;
create macro whole_beside(class, value) as case level_beside(class) when 'read' then value end;

-- 氏名 → 姓一字＋＊＊ · 宛名番号 → 下4桁 · 生年月日 → 年齢か年代 · 住所 → 町名まで (docs/glossary.md, 区分 C1–C9)
create macro masked_name(name) as left_grapheme(name, 1) || '＊＊';
create macro masked_number(number) as '****' || right(number, 4);
create macro masked_phone(phone) as case when regexp_matches(phone, '[0-9]{4}$') then '****' || right(phone, 4) else '****' end;
create macro names_protected(text) as
    text is not null and len(list_filter((select words from serving.protected_words), lambda word: contains(text, word))) > 0;
create macro age_on(birth_date, day) as date_part('year', age(day, birth_date))::integer;
create macro decade(years) as case when years >= 90 then '90歳以上' else (years // 10) * 10 || '代' end;

-- 収納率 (%): 2 decimals, half up, from the sums; null where nothing was assessed (law/collection_rate.py is its twin)
create macro percent(part, whole_yen) as
    (((part * 20000 + whole_yen) // nullif(2 * whole_yen, 0)) * 0.01)::decimal(9, 2);

-- 市計 is everybody's; a district only its own readers'. 'all' sees every district, 'none' (分析・監査) districts but no person.
create macro visible_district(code) as case when getvariable('scope') = 'own' and not in_scope(code) then 'X00' else code end;
create macro visible_district_name(code, name) as case when getvariable('scope') = 'own' and not in_scope(code) then 'ほかの地区' else name end;

create view disclosed.standing as
select as_of, snapshot_id, published_at, fiscal_year from serving.standing where getvariable('scope') is not null;

-- grain: one delinquent in the reader's districts; contact as of the last note written, snapshot or not
create view disclosed.delinquent as
select
    delinquent.atena_ref,
    shown('C1', delinquent.atena_number, masked_number(delinquent.atena_number)) as atena_number_shown,
    shown('C2', delinquent.name, masked_name(delinquent.name)) as name,
    shown('C2', delinquent.name_kana, left_grapheme(delinquent.name_kana, 1) || '＊＊') as name_kana,
    shown('C2', age_on(delinquent.birth_date, standing.as_of) || '歳', decade(age_on(delinquent.birth_date, standing.as_of))) as age,
    delinquent.district_code,
    delinquent.district_name,
    case when kept_back(delinquent.is_protected) then '（非表示）' else shown('C2', delinquent.town, delinquent.town) end as town,
    case when level('C7') <> 'none' then delinquent.is_protected else false end as is_protected,
    whole('C2', delinquent.resident_state) as resident_state,
    whole('C9', delinquent.open_count) as open_count,
    whole('C9', delinquent.unpaid_yen) as unpaid_yen,
    whole('C9', coalesce(delinquent.current_unpaid_yen, 0)) as current_unpaid_yen,
    whole('C9', coalesce(delinquent.carried_unpaid_yen, 0)) as carried_unpaid_yen,
    whole('C9', delinquent.suspended_yen) as suspended_yen,
    whole('C9', delinquent.unpaid_yen - delinquent.suspended_yen) as active_yen,
    whole('C9', delinquent.charge_yen) as charge_yen,
    whole('C9', delinquent.flash_yen) as flash_yen,
    whole('C9', delinquent.oldest_due_date) as oldest_due_date,
    whole('C9', delinquent.prescription_on) as prescription_on,
    whole('C9', delinquent.prescription_yen) as prescription_yen,
    whole('C9', delinquent.lapsed_on) as lapsed_on,
    whole('C9', delinquent.lapsed_yen) as lapsed_yen,
    whole('C9', delinquent.is_demand_missed) as is_demand_missed,
    whole('C9', delinquent.missed_demand_deadline) as missed_demand_deadline,
    whole('C9', delinquent.is_wholly_suspended) as is_wholly_suspended,
    whole('C9', delinquent.has_disposition) as has_disposition,
    whole('C9', delinquent.is_partly_held) as is_partly_held,
    whole('C9', delinquent.last_payment_on) as last_payment_on,
    whole('C9', delinquent.last_payment_yen) as last_payment_yen,
    whole('C9', if(live.is_whole, live.contact_on, greatest(delinquent.last_contact_on, live.contact_on))) as last_contact_on,
    whole('C9', if(live.is_whole, live.attempt_on, greatest(delinquent.last_attempt_on, live.attempt_on))) as last_attempt_on,
    whole('C9', if(live.is_whole or live.attempt_on >= coalesce(delinquent.last_attempt_on, live.attempt_on),
        live.outcome, delinquent.last_outcome)) as last_outcome,
    whole('C9', delinquent.plan_state) as plan_state,
    whole('C9', delinquent.plan_missed_on) as plan_missed_on,
    whole('C9', delinquent.plan_last_missed_on) as plan_last_missed_on,
    whole('C9', delinquent.plan_missed_yen) as plan_missed_yen,
    whole('C9', delinquent.next_promised_on) as next_promised_on,
    whole('C9', delinquent.next_promised_yen) as next_promised_yen,
    whole('C9', delinquent.is_mail_returned) as is_mail_returned,
    whole('C9', delinquent.is_mail_returned or delinquent.resident_state = '職権消除') as is_unreachable,
    standing.as_of
from serving.delinquent as delinquent
cross join serving.standing as standing
left join serving.live_contact as live using (atena_number)
where in_scope(delinquent.district_code);

-- grain: one delinquent: what a caller is compared with (本人確認). Nothing here is wider than what lists show:
-- who may not read a name may not search by it either. name_keys: every key of 曖昧検索 (カナ, 氏名, 通称).
create view disclosed.identity as
select
    delinquent.atena_ref,
    whole('C2', (select list(search_key) from derived.person_search_key as key where key.atena_number = delinquent.atena_number)) as name_keys,
    whole('C2', delinquent.birth_date) as birth_date,
    case when not kept_back(delinquent.is_protected) then whole('C2', delinquent.town) end as town
from serving.delinquent as delinquent
where in_scope(delinquent.district_code);

-- grain: one delinquent; what only the case screen needs
create view disclosed.person as
select
    delinquent.atena_ref,
    case when kept_back(delinquent.is_protected) then '（非表示）'
         else shown('C2', concat_ws(' ', delinquent.town, person.address_rest), delinquent.town) end as address,
    case when kept_back(delinquent.is_protected) or leads_to_protected.atena_number is not null or person.is_addressee_protected then '（非表示）'
         else shown('C2', person.mailing_address, if(person.mailing_address is null, null, '送付先あり')) end as mailing_address,
    case when leads_to_protected.atena_number is not null or person.is_addressee_protected then '（非表示）'
         else shown('C2', person.addressee_name, masked_name(person.addressee_name)) end as addressee_name,
    whole('C9', person.mail_returned_on) as mail_returned_on,
    whole('C2', delinquent.state_changed_on) as state_changed_on,
    whole('C2', person.sex) as sex,
    (select count(*) from source.ledger_note as note where note.atena_number = person.atena_number)
        + (select count(*) from serving.live_note as note where note.atena_number = person.atena_number)
        + (select count(*) from source.ledger_entry as entry where entry.atena_number = person.atena_number)
        + (select count(*) from serving.live_entry as entry where entry.atena_number = person.atena_number) as note_version
from serving.delinquent as delinquent
join derived.case_person as person using (atena_number)
left join serving.protected_letter as leads_to_protected using (atena_number)
where in_scope(delinquent.district_code);

-- grain: one member of a delinquent's household
create view disclosed.household_member as
select
    delinquent.atena_ref,
    shown('C2', member.name, masked_name(member.name)) as name,
    whole('C2', member.relation) as relation,
    shown('C2', age_on(member.birth_date, standing.as_of) || '歳', decade(age_on(member.birth_date, standing.as_of))) as age,
    whole('C2', member.resident_state) as resident_state,
    whole('C9', member.nhi_acquired_on) as nhi_acquired_on,
    whole('C9', member.nhi_lost_on) as nhi_lost_on
from serving.delinquent as delinquent
cross join serving.standing as standing
join derived.household_member as member using (atena_number)
where in_scope(delinquent.district_code);

-- 名寄せ: who stands beside a delinquent. Only who is in serving.person_beside or owes in the same household, never a
-- protected person, neither as a row nor in a sum. A name, a state and an address are shown where that person's own
-- district is the reader's; `other_ref` likewise, and only where there is a case to open.

-- grain: one delinquent × other 宛名番号 of the same natural person (関連前宛名), with what is owed under it
create view disclosed.related_number as
select
    delinquent.atena_ref,
    shown_beside('C1', other.atena_number, masked_number(other.atena_number)) as atena_number_shown,
    case when in_scope(other.district_code) then shown_beside('C2', other.name, masked_name(other.name)) end as name,
    case when in_scope(other.district_code) then whole_beside('C2', other.resident_state) end as resident_state,
    other.district_name,
    whole('C9', coalesce(other.unpaid_yen, 0)) as unpaid_yen,
    whole('C9', other.oldest_due_date) as oldest_due_date,
    case when in_scope(other.district_code) then other.atena_ref end as other_ref
from serving.delinquent as delinquent
join derived.person_group as own using (atena_number)
join derived.person_group as related on related.group_number = own.group_number and related.atena_number <> own.atena_number
join serving.person_beside as other on other.atena_number = related.atena_number
where in_scope(delinquent.district_code);

-- grain: one delinquent × delinquent of the same household, the person too
create view disclosed.household_arrears as
select
    delinquent.atena_ref,
    case when in_scope(other.district_code) then shown_beside('C2', other.name, masked_name(other.name)) end as name,
    other.district_name,
    whole('C9', other.unpaid_yen) as unpaid_yen,
    whole('C9', other.oldest_due_date) as oldest_due_date,
    case when in_scope(other.district_code) then other.atena_ref end as other_ref
from serving.delinquent as delinquent
join derived.case_person as own using (atena_number)
join derived.case_person as housemate on housemate.household_number = own.household_number
join derived.delinquent as other on other.atena_number = housemate.atena_number
where in_scope(delinquent.district_code) and other.atena_number not in (select atena_number from serving.hidden_person);

-- grain: one delinquent (被相続人) × heir, and one row 残り: what no heir shown here bears
-- An heir without 宛名番号 is shown by the name that 相続人調査 wrote, unless a protected person has it.
create view disclosed.heir as
with summed as (
    select * exclude (notice_number, installment_no, share_yen), sum(share_yen)::bigint as share_yen
    from derived.heir_share
    where basis <> '残り'
    group by all
), hidden_name as (
    select key.search_key
    from derived.person_search_key as key
    semi join serving.hidden_person using (atena_number)
    where key.key_kind = '氏名'
), borne as (
    select
        summed.*,
        case when summed.heir_number is null then summed.heir_name
             when in_scope(other.district_code) then coalesce(other.name, summed.heir_name) end as name,
        case when in_scope(other.district_code) then other.atena_ref end as other_ref
    from summed
    left join serving.person_beside as other on other.atena_number = summed.heir_number
    where other.atena_number is not null or (summed.heir_number is null and name_key(summed.heir_name) not in (from hidden_name))
), left_over as (
    select delinquent.atena_number, (any_value(delinquent.unpaid_yen) - coalesce(sum(borne.share_yen), 0))::bigint as share_yen
    from serving.delinquent as delinquent
    semi join derived.heir_share using (atena_number)
    left join borne using (atena_number)
    group by delinquent.atena_number
), every_heir as (
    select * from borne
    union all by name
    select atena_number, '残り' as basis, share_yen from left_over where share_yen <> 0
)
select
    delinquent.atena_ref,
    every_heir.heir_place,
    shown_beside('C1', every_heir.heir_number, masked_number(every_heir.heir_number)) as atena_number_shown,
    shown_beside('C2', every_heir.name, masked_name(every_heir.name)) as name,
    whole_beside('C2', every_heir.relation) as relation,
    whole_beside('C2', every_heir.share_numerator) as share_numerator,
    whole_beside('C2', every_heir.share_denominator) as share_denominator,
    whole_beside('C2', every_heir.renounced_on) as renounced_on,
    whole('C9', every_heir.basis) as basis,
    whole('C9', every_heir.share_yen) as share_yen,
    every_heir.other_ref
from every_heir
join serving.delinquent as delinquent using (atena_number)
where in_scope(delinquent.district_code);

-- grain: one delinquent (相続人) × deceased whose debt is inherited
create view disclosed.inherited as
select
    delinquent.atena_ref,
    shown_beside('C1', deceased.atena_number, masked_number(deceased.atena_number)) as atena_number_shown,
    case when in_scope(deceased.district_code) then shown_beside('C2', deceased.name, masked_name(deceased.name)) end as name,
    deceased.district_name,
    whole('C2', any_value(share.share_numerator)) as share_numerator,
    whole('C2', any_value(share.share_denominator)) as share_denominator,
    whole('C9', any_value(deceased.unpaid_yen)) as unpaid_yen,
    whole('C9', sum(share.share_yen)::bigint) as share_yen,
    case when in_scope(deceased.district_code) then deceased.atena_ref end as other_ref
from serving.delinquent as delinquent
join derived.heir_share as share on share.heir_number = delinquent.atena_number
join serving.person_beside as deceased on deceased.atena_number = share.atena_number
where in_scope(delinquent.district_code)
group by delinquent.atena_ref, deceased.atena_number, deceased.name, deceased.district_code, deceased.district_name, deceased.atena_ref;

-- grain: one delinquent × suspected duplicate × rule × item; gone once a person has decided on exactly this evidence.
-- The values of both are shown to whoever reads names, of the telephone the last four digits, and where both are theirs.
create view disclosed.duplicate_suspect as
with each_way as (
    select * exclude (first_number, second_number, first_value, second_value, first_table, second_table, first_on, second_on),
        first_number as own_number, second_number as other_number, first_value as own_value, second_value as other_value,
        first_table as own_table, second_table as other_table, first_on as own_on, second_on as other_on
    from derived.duplicate_suspect
    union all by name
    select * exclude (first_number, second_number, first_value, second_value, first_table, second_table, first_on, second_on),
        second_number as own_number, first_number as other_number, second_value as own_value, first_value as other_value,
        second_table as own_table, first_table as other_table, second_on as own_on, first_on as other_on
    from derived.duplicate_suspect
)
select
    delinquent.atena_ref,
    delinquent.district_code,
    delinquent.district_name,
    whole('C9', suspect.evidence) as suspect_key,
    shown('C2', delinquent.name, masked_name(delinquent.name)) as name,
    shown_beside('C1', other.atena_number, masked_number(other.atena_number)) as atena_number_shown,
    case when in_scope(other.district_code) then shown_beside('C2', other.name, masked_name(other.name)) end as other_name,
    case when in_scope(other.district_code) then whole_beside('C2', other.resident_state) end as resident_state,
    other.district_name as other_district_name,
    whole('C9', delinquent.unpaid_yen) as unpaid_yen,
    whole('C9', coalesce(other.unpaid_yen, 0)) as other_unpaid_yen,
    suspect.pair_strength,
    suspect.strength,
    suspect.rule,
    suspect.item,
    case when suspect.item = '世帯番号' or not in_scope(other.district_code) then null
         when suspect.item = '電話番号' then shown_beside('C3', masked_number(suspect.own_value), masked_number(suspect.own_value))
         else whole_beside('C2', suspect.own_value) end as own_value,
    case when suspect.item = '世帯番号' or not in_scope(other.district_code) then null
         when suspect.item = '電話番号' then shown_beside('C3', masked_number(suspect.other_value), masked_number(suspect.other_value))
         else whole_beside('C2', suspect.other_value) end as other_value,
    suspect.own_table,
    suspect.other_table,
    whole_beside('C2', suspect.own_on) as own_on,
    whole_beside('C2', suspect.other_on) as other_on,
    case when in_scope(other.district_code) then other.atena_ref end as other_ref
from each_way as suspect
join serving.delinquent as delinquent on delinquent.atena_number = suspect.own_number
join serving.person_beside as other on other.atena_number = suspect.other_number
where in_scope(delinquent.district_code)
    and delinquent.atena_number not in (select atena_number from serving.hidden_person)
    and suspect.evidence not in (select evidence from serving.entry where evidence is not null);

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

-- grain: one installment of a delinquent
create view disclosed.installment as
select
    delinquent.atena_ref,
    whole('C9', installment.notice_number || '-' || installment.installment_no) as installment_key,
    installment.levy_kind,
    installment.levy_year,
    installment.installment_no,
    installment.payment_method,
    installment.due_date,
    installment.is_overdue,
    whole('C9', installment.assessed_yen) as assessed_yen,
    whole('C9', installment.received_yen) as received_yen,
    whole('C9', installment.refund_due_yen) as refund_due_yen,
    whole('C9', installment.written_off_yen) as written_off_yen,
    whole('C9', installment.unpaid_yen) as unpaid_yen,
    whole('C9', installment.flash_yen) as flash_yen,
    whole('C9', installment.charge_yen) as charge_yen,
    whole('C9', installment.forced_charge_yen) as forced_charge_yen,
    whole('C9', installment.demanded_on) as demanded_on,
    whole('C9', installment.demand_deadline) as demand_deadline,
    whole('C9', installment.is_demand_missed) as is_demand_missed,
    whole('C9', installment.seizable_from) as seizable_from,
    -- 差押の間は完成しないので、日を示さない
    whole('C9', case when not installment.is_held then installment.completes_on end) as prescription_on,
    whole('C9', installment.later_reading_on) as later_reading_on,
    whole('C9', installment.extinct_from) as extinct_from,
    whole('C9', installment.needs_person) as needs_person,
    whole('C9', installment.renewed_by) as renewed_by,
    whole('C9', installment.renewed_on) as renewed_on,
    whole('C9', installment.is_held) as is_held,
    whole('C9', installment.disposition_kind) as disposition_kind,
    whole('C9', installment.suspension_ground) as suspension_ground,
    whole('C9', installment.suspended_on) as suspended_on,
    whole('C9', installment.three_years_on) as three_years_on,
    whole('C9', care.seizure_bars) as seizure_bars,
    whole('C9', if(installment.claim_state = '差押可能' and len(care.seizure_bars) > 0, '差押不可', installment.claim_state)) as claim_state,
    whole('C9', installment.plan_number) is not null as is_planned
from derived.case_installment as installment
join serving.delinquent as delinquent using (atena_number)
-- whether there is a 破産手続 (C6), and that the person is under 支援措置 (C7), only as far as each is cleared
cross join lateral (
    select list_filter(installment.seizure_bars, lambda bar: bar <> '破産手続' or level('C6') <> 'none')
        || if(level('C7') <> 'none' and delinquent.is_protected, ['支援措置の保護'], []) as seizure_bars
) as care
where in_scope(delinquent.district_code);

-- grain: one fact behind the 延滞金 or the 時効 of one overdue installment
create view disclosed.installment_fact as
select
    delinquent.atena_ref,
    whole('C9', fact.notice_number || '-' || fact.installment_no) as installment_key,
    whole('C9', fact.fact) as fact,
    whole('C9', fact.from_date) as from_date,
    whole('C9', fact.to_date) as to_date,
    whole('C9', fact.principal_yen) as principal_yen,
    whole('C9', fact.charge_yen) as charge_yen,
    whole('C9', fact.kind) as kind,
    whole('C9', fact.end_reason) as end_reason,
    whole('C9', fact.is_confirmed) as is_confirmed,
    whole('C9', fact.deadline) as deadline,
    whole('C9', fact.ground) as ground,
    whole('C9', fact.record) as record
from derived.installment_fact as fact
join serving.delinquent as delinquent using (atena_number)
where in_scope(delinquent.district_code);

-- grain: one thing that happened in a case: payments, papers, dispositions, notes, in one line of time
create view disclosed.event as
with every_event as (
    select atena_number, happened_on, kind, summary, yen, null as body, null as written_by, null as note_id, null as recorded_at, 0 as seq
    from derived.timeline
    union all by name
    select atena_number, contacted_on as happened_on, '記事' as kind, concat_ws(' ', method || '（' || direction || '）', counterpart, outcome) as summary,
           null::bigint as yen, body, officer_name as written_by, note_id, recorded_at, 0 as seq
    from derived.note
    where note_id not in (select corrects from serving.live_note where corrects is not null)
    union all by name
    select atena_number, contacted_on as happened_on, '記事' as kind, concat_ws(' ', method || '（' || direction || '）', counterpart, outcome) as summary,
           null::bigint as yen, body, officer_name as written_by, event_id as note_id, recorded_at, seq
    from serving.live_note
    where event_id not in (select corrects from serving.live_note where corrects is not null)
    union all by name
    select atena_number, happened_on, shown_kind as kind, summary, yen, place, body, written_by, event_id as note_id, recorded_at, seq
    from serving.entry
)
select
    delinquent.atena_ref,
    every_event.happened_on,
    every_event.kind,
    whole('C9', every_event.summary) as summary,
    whole('C9', every_event.yen) as yen,
    -- 居所調査 found a place: it is an address, and hidden as one. A note that names a protected person is kept back whole.
    case when every_event.place is null and (kept_back(delinquent.is_protected) or names_protected(every_event.body))
             then whole('C8', if(every_event.body is null, null, '（非表示）'))
         when every_event.place is null then whole('C8', every_event.body)
         when names_protected(every_event.place) then '（非表示）'
         when delinquent.is_protected then '（非表示）'
         else shown('C2', every_event.place, '（非表示）') end as body,
    whole('C9', every_event.written_by) as written_by,
    every_event.note_id,
    every_event.recorded_at,
    every_event.seq
from every_event
join serving.delinquent as delinquent using (atena_number)
where in_scope(delinquent.district_code) and (every_event.kind <> '支援措置' or level('C7') <> 'none');

-- grain: one mark of 支援措置 that stands
create view disclosed.protection_mark as
select delinquent.atena_ref, entry.event_id, whole('C7', entry.happened_on) as happened_on, entry.summary
from serving.entry as entry
join serving.delinquent as delinquent using (atena_number)
where entry.kind = 'protection_mark' and in_scope(delinquent.district_code) and level('C7') <> 'none'
    and entry.event_id not in (select mark from serving.entry where mark is not null);

-- grain: one telephone, mail address … of a delinquent
create view disclosed.contact as
select
    delinquent.atena_ref,
    contact.contact_no,
    shown('C3', contact.contact_kind, contact.contact_kind) as contact_kind,
    case when kept_back(delinquent.is_protected) or trace.trace is not null then shown('C3', '（非表示）', '（非表示）')
         else shown('C3', contact.phone, masked_phone(contact.phone)) end as phone,
    case when kept_back(delinquent.is_protected) or trace.trace is not null then null else whole('C3', contact.contact_person) end as contact_person
from source.contact as contact
join serving.delinquent as delinquent using (atena_number)
left join serving.protected_trace as trace
    on trace.trace_kind = 'phone' and trace.trace = contact.phone and not delinquent.is_protected
where in_scope(delinquent.district_code) and level('C3') <> 'none';

-- grain: one account of a delinquent and its use; the branch leads to where somebody lives, so only the bank stays when masked
create view disclosed.bank_account as
select
    delinquent.atena_ref,
    shown('C4', account.account_use, account.account_use) as account_use,
    case when kept then shown('C4', '（非表示）', '（非表示）') else shown('C4', account.bank_code, left(account.bank_code, 4) || '***') end as bank_code,
    case when kept then null else shown('C4', account.account_kind, account.account_kind) end as account_kind,
    case when kept then null else shown('C4', account.account_number, '****' || right(account.account_number, 3)) end as account_number,
    case when kept then null else whole('C4', coalesce(account.holder_name, account.holder_kana)) end as account_holder,
    whole('C4', account.account_closed_on) as account_closed_on
from source.bank_account as account
join serving.delinquent as delinquent using (atena_number)
cross join lateral (
    select kept_back(delinquent.is_protected) or (not delinquent.is_protected and (
        account.bank_code || account.account_number in (select trace from serving.protected_trace where trace_kind = 'account')
        or account.holder_kana in (select trace from serving.protected_trace where trace_kind = 'holder'))) as kept
) as care
where in_scope(delinquent.district_code) and level('C4') <> 'none';

-- grain: one plan (分納) recorded here that stands and is not cancelled
create view disclosed.plan as
select
    delinquent.atena_ref,
    entry.event_id,
    whole('C9', entry.happened_on) as pledged_on,
    whole('C9', entry.summary) as summary,
    whole('C9', entry.yen) as yen
from serving.entry as entry
join serving.delinquent as delinquent using (atena_number)
where entry.kind = 'installment_plan' and in_scope(delinquent.district_code)
    and entry.event_id not in (select plan from serving.entry where plan is not null);

-- grain: one delinquent × 号, with a verdict other than 非該当
create view disclosed.suspension_candidate as
select
    delinquent.atena_ref,
    shown('C1', delinquent.atena_number, masked_number(delinquent.atena_number)) as atena_number_shown,
    shown('C2', delinquent.name, masked_name(delinquent.name)) as name,
    delinquent.district_code,
    delinquent.district_name,
    screening.ground,
    screening.verdict,
    screening.met_count,
    screening.criterion_count,
    screening.missing,
    whole('C9', delinquent.unpaid_yen - delinquent.suspended_yen) as active_yen,
    whole('C9', delinquent.oldest_due_date) as oldest_due_date,
    whole('C9', delinquent.prescription_on) as prescription_on,
    whole('C9', delinquent.last_payment_on) as last_payment_on
from derived.screening as screening
join serving.delinquent as delinquent using (atena_number)
where screening.verdict <> '非該当' and in_scope(delinquent.district_code);

-- grain: one criterion of one screened delinquent; 生活保護 etc. (C6) shows whether, never since when
create view disclosed.screening_evidence as
select
    delinquent.atena_ref,
    evidence.ground,
    evidence.target,
    evidence.meaning,
    evidence.reference,
    evidence.finding,
    whole('C5', evidence.result) as result,
    case when evidence.sensitivity = 'C6' then whole('C6', evidence.dated_on) else whole('C5', evidence.dated_on) end as dated_on,
    case when evidence.sensitivity = 'C6' then whole('C6', evidence.age_days) else whole('C5', evidence.age_days) end as age_days,
    whole('C9', evidence.evidence_id) as evidence_id
from derived.screening_evidence as evidence
join serving.delinquent as delinquent using (atena_number)
where in_scope(delinquent.district_code);

-- grain: verdict × 号 × district: counts and yen without a person; an officer's are those of the own districts
create view disclosed.suspension_summary as
select
    screening.ground,
    screening.verdict,
    delinquent.district_code,
    count(*) as case_count,
    sum(delinquent.unpaid_yen - delinquent.suspended_yen)::bigint as active_yen
from derived.screening as screening
join serving.delinquent as delinquent using (atena_number)
where in_scope(delinquent.district_code) or getvariable('scope') = 'none'
group by all;

-- grain: as derived.rate_cube, without persons; districts that are not the reader's own are one line, so that
-- the city's total is everybody's and another district's figure is not
create view disclosed.rate as
select
    fiscal_year,
    year_class,
    levy_year,
    installment_no,
    visible_district(district_code) as district_code,
    visible_district_name(district_code, district_name) as district_name,
    payment_method,
    installment_count,
    assessed_yen,
    whereabouts_unknown_yen,
    received_yen,
    received_same_day_yen,
    refund_due_yen,
    written_off_yen,
    unpaid_yen
from derived.rate_cube
where getvariable('scope') is not null;

-- grain: as derived.rate_month
create view disclosed.rate_month as
select
    fiscal_year,
    year_class,
    booked_month,
    visible_district(district_code) as district_code,
    visible_district_name(district_code, district_name) as district_name,
    received_yen,
    receipt_count
from derived.rate_month
where getvariable('scope') is not null;

-- grain: one district of the reader
create view disclosed.district as
select distinct district_code, district_name
from serving.delinquent
where in_scope(district_code);

-- grain: one intake; its files and problems are told by feed_status.py: no person in any of them
create view disclosed.intake as select * from serving.intake where getvariable('scope') is not null;

-- grain: item × reason × district: how often the source's stored values differ from its own rows, nobody named
create view disclosed.difference_summary as
select
    difference.item,
    difference.reason as cause,
    visible_district(place.district_code) as district_code,
    count(*) as case_count,
    sum(abs(difference.stored_yen - difference.computed_yen))::bigint as difference_yen
from derived.difference as difference
join serving.place as place using (atena_number)
where in_scope(place.district_code) or getvariable('scope') = 'none'
group by all;

-- grain: one difference of a person in the reader's districts, with both values
create view disclosed.difference as
select
    reference.atena_ref,
    shown('C1', difference.atena_number, masked_number(difference.atena_number)) as atena_number_shown,
    place.district_code,
    place.district_name,
    delinquent.atena_ref is not null as has_case,
    difference.item,
    whole('C9', difference.notice_number || '-' || coalesce(difference.installment_no, '年')) as installment_key,
    whole('C9', difference.stored_yen) as stored_yen,
    whole('C9', difference.computed_yen) as computed_yen,
    whole('C9', difference.stored_on) as stored_on,
    whole('C9', difference.computed_on) as computed_on,
    difference.reason as cause
from derived.difference as difference
join serving.place as place using (atena_number)
join source.atena_reference as reference using (atena_number)
left join serving.delinquent as delinquent using (atena_number)
where in_scope(place.district_code);
