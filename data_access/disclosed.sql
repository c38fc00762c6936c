-- THE GATE OF DATA. Which rows, which columns, how masked: decided here, once, and nowhere else.
-- The rule and the person stand in this file; the other subjects are in disclosed/*.sql, made of the same macros.
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
-- whether a text leads to a protected person, however it is written; folded once, then looked through for every word
create macro names_protected(text) as text is not null and len(list_filter(
    [{'key': trace_key(text) || '|' || address_key(nfc_normalize(text)), 'words': (select words from serving.protected_words)}],
    lambda one: len(list_filter(one.words, lambda word: contains(one.key, word))) > 0)) > 0;
create macro age_on(birth_date, day) as date_part('year', age(day, birth_date))::integer;
create macro decade(years) as case when years >= 90 then '90歳以上' else (years // 10) * 10 || '代' end;

-- 収納率 (%): 2 decimals, half up, from the sums; null where nothing was assessed (law/collection_rate.py is its twin).
-- Whoever is told rounded amounts is told the rate of those: an exact rate would give back what the rounding holds.
create macro told_yen(yen) as (yen + coalesce(getvariable('rounded_to'), 1) // 2) // coalesce(getvariable('rounded_to'), 1) * coalesce(getvariable('rounded_to'), 1);
create macro percent_of(part, whole_yen) as
    (((part * 20000 + whole_yen) // nullif(2 * whole_yen, 0)) * 0.01)::decimal(9, 2);
create macro percent(part, whole_yen) as percent_of(told_yen(part), told_yen(whole_yen));

-- 市計 is everybody's; a district only its own readers'. 'all' sees every district; 'none' (分析・監査): disclosed/figure.sql.
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
    whole('C9', delinquent.extinguished_yen) as extinguished_yen,
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

-- grain: one delinquent of whom a 停止 was decided here since the snapshot: is_whole, when nothing is left that it could cover
create view disclosed.stopped_since as
select
    delinquent.atena_ref,
    whole('C9', stopped.stopped_on) as stopped_on,
    whole('C9', stopped.stopped_count) as stopped_count,
    whole('C9', stopped.extinguished_count) as extinguished_count,
    whole('C9', stopped.stopped_yen) as stopped_yen,
    whole('C9', stopped.is_whole) as is_whole
from serving.stopped_person as stopped
join serving.delinquent as delinquent using (atena_number)
where in_scope(delinquent.district_code);

-- grain: one delinquent: the step of the case (case_stage.sql) as of this moment, with what was written since the snapshot
create view disclosed.case_stage as
select
    delinquent.atena_ref,
    whole('C9', desk.reminded_on) as reminded_on,
    whole('C9', case_stage(delinquent.is_wholly_suspended, delinquent.has_disposition, delinquent.plan_state, delinquent.is_partly_held, delinquent.last_contact_on,
        delinquent.as_of - to_days(setting.contact_days), desk.reminded_on, delinquent.is_demand_missed)) as case_stage
from disclosed.delinquent as delinquent
join serving.delinquent as own using (atena_ref)
cross join serving.worklist_setting as setting
left join derived.case_desk as desk using (atena_number);

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
    case when kept_back(delinquent.is_protected) or leads_there then '（非表示）'
         else shown('C2', person.mailing_address, if(person.mailing_address is null, null, '送付先あり')) end as mailing_address,
    case when leads_there then '（非表示）' else shown('C2', person.addressee_name, masked_name(person.addressee_name)) end as addressee_name,
    whole('C9', person.mail_returned_on) as mail_returned_on,
    whole('C2', delinquent.state_changed_on) as state_changed_on,
    whole('C2', person.sex) as sex,
    version_of(person.atena_number) as note_version
from serving.delinquent as delinquent
join derived.case_person as person using (atena_number)
cross join lateral (
    select person.is_addressee_protected or delinquent.atena_number in (from serving.protected_letter)
        or (not delinquent.is_protected and names_protected(concat_ws('|', person.addressee_name, person.mailing_address))) as leads_there
) as letter
where in_scope(delinquent.district_code);

-- grain: one delinquent: how many entries there are (version_of), for a list that needs nothing else of disclosed.person
create view disclosed.note_version as
select atena_ref, version_of(atena_number) as note_version
from serving.delinquent
where in_scope(district_code);

-- grain: one member of a delinquent's household, the delinquent too: a reveal (一時解除) opens that one line and no other
create view disclosed.household_member as
select
    delinquent.atena_ref,
    case when is_self then shown('C2', member.name, masked_name(member.name)) else shown_beside('C2', member.name, masked_name(member.name)) end as name,
    case when is_self then whole('C2', member.relation) else whole_beside('C2', member.relation) end as relation,
    case when is_self then shown('C2', years || '歳', decade(years)) else shown_beside('C2', years || '歳', decade(years)) end as age,
    case when is_self then whole('C2', member.resident_state) else whole_beside('C2', member.resident_state) end as resident_state,
    whole('C9', member.nhi_acquired_on) as nhi_acquired_on,
    whole('C9', member.nhi_lost_on) as nhi_lost_on
from serving.delinquent as delinquent
cross join serving.standing as standing
join derived.household_member as member using (atena_number)
cross join lateral (
    select member.member_number = delinquent.atena_number as is_self, age_on(member.birth_date, standing.as_of) as years
) as whom
where in_scope(delinquent.district_code);

-- 名寄せ: who stands beside a delinquent. Only who is in serving.person_beside or owes in the same household, never a
-- protected person, neither as a row nor in a sum. A name, a state and an address are shown where that person's own
-- district is the reader's; `other_ref` likewise, and only where there is a case to open.
