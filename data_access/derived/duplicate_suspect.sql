-- grain: one pair of 宛名番号 × rule × item: two records that may be one person, with both values, their table and day
-- At least one of the two owes. Who is linked (関連宛名), whose link was ended as 誤登録, and who is protected is no suspect.
-- Strength: 強 3, 中 2, 弱 1. Two who both live here have two 住民票 and are one step weaker (双子・同姓同名); another sex is 弱.
create or replace table derived.duplicate_suspect as
with natural_person as (
    select
        person.*,
        coalesce(moved_in_on, became_resident_on) as lived_on,
        coalesce(state_changed_on, became_resident_on) as stated_on
    from source.person as person
    anti join derived.hidden_person using (atena_number)
    where person_kind <> '法人'
), named as (
    select person.atena_number, kana.search_key as kana_key, person.birth_date, person.household_number
    from natural_person as person
    join derived.person_search_key as kana using (atena_number)
    where kana.key_kind = 'カナ'
), owing as (
    from named semi join derived.delinquent using (atena_number)
), called as (
    select person.atena_number, person.birth_date, regexp_replace(contact.phone, '[^0-9]', '', 'g') as number, min(contact.contact_set_on) as set_on
    from source.contact as contact
    join natural_person as person using (atena_number)
    where contact.contact_kind is distinct from '勤務先' and person.birth_date is not null
    group by all
), same_kana as (
    select owing.atena_number as one, other.atena_number as other, owing.birth_date is not distinct from other.birth_date and owing.birth_date is not null as is_same_birth
    from owing
    join named as other using (kana_key)
    where owing.birth_date = other.birth_date or owing.birth_date is null or other.birth_date is null
), near_kana as (
    select owing.atena_number as one, other.atena_number as other
    from owing
    join named as other using (household_number, birth_date)
    where levenshtein(owing.kana_key, other.kana_key) = 1
), same_phone as (
    select owing.atena_number as one, other.atena_number as other
    from called as owing
    semi join derived.delinquent using (atena_number)
    join called as other using (number, birth_date)
), pair as (
    select distinct least(one, other) as first_number, greatest(one, other) as second_number
    from (select one, other from same_kana union all select one, other from near_kana union all select one, other from same_phone)
    where one <> other
), linked as (
    select least(one.atena_number, other.atena_number) as first_number, greatest(one.atena_number, other.atena_number) as second_number
    from derived.person_group as one
    join derived.person_group as other using (group_number)
    union
    select least(atena_number, former_atena_number), greatest(atena_number, former_atena_number)
    from source.linked_person
    where unlink_reason = '誤登録' and unlinked_on <= getvariable('as_of')
), suspect as (
    select
        pair.*,
        first.name_kana as first_kana, second.name_kana as second_kana,
        first.birth_date as first_birth, second.birth_date as second_birth,
        first.household_number as first_household, second.household_number as second_household,
        first.stated_on as first_stated_on, second.stated_on as second_stated_on,
        (first.resident_state = '現住' and second.resident_state = '現住')::integer as both_here,
        first.sex <> second.sex and first.sex <> '不明' and second.sex <> '不明' as is_other_sex
    from pair
    anti join linked using (first_number, second_number)
    join natural_person as first on first.atena_number = first_number
    join natural_person as second on second.atena_number = second_number
), own as (
    select first_number as atena_number from suspect union select second_number from suspect
), lived as (
    select atena_number, town || ' ' || address_rest as address, '宛名基本' as found_in, lived_on as found_on, 1 as place from natural_person
    union all
    select atena_number, previous_address, '宛名基本（転入前）', became_resident_on, 2 from natural_person
    union all
    select atena_number, forwarding_address, '宛名基本（転出先）', removed_on, 3 from natural_person
    union all
    select atena_number, town || ' ' || address_rest, '宛名履歴', moved_in_on, 4 from source.person_history where not is_deleted
), addressed as (
    select lived.*, address_key(address) as address_key
    from lived
    semi join own using (atena_number)
    where address is not null
    qualify row_number() over (partition by atena_number, address_key order by place, found_on desc nulls last) = 1
), same_address as (
    select suspect.first_number, suspect.second_number, first.address as first_value, second.address as second_value,
        first.found_in as first_table, second.found_in as second_table, first.found_on as first_on, second.found_on as second_on
    from suspect
    join addressed as first on first.atena_number = first_number
    join addressed as second on second.atena_number = second_number and second.address_key = first.address_key
    qualify row_number() over (partition by first_number, second_number order by first.place + second.place, first.place, first.address_key) = 1
), kana_pair as (
    select least(one, other) as first_number, greatest(one, other) as second_number, bool_or(is_same_birth) as is_same_birth
    from same_kana where one <> other group by all
), ruled as (
    select first_number, second_number, 'カナと生年月日' as rule, 2 as strength, ['氏名カナ', '生年月日'] as items from kana_pair where is_same_birth
    union all
    select first_number, second_number, 'カナと住所', if(is_same_birth, 3, 2), if(is_same_birth, ['氏名カナ', '生年月日', '住所'], ['氏名カナ', '住所'])
    from kana_pair
    semi join same_address using (first_number, second_number)
    union all
    select distinct least(one, other), greatest(one, other), '生年月日と電話', 2, ['生年月日', '電話番号'] from same_phone where one <> other
    union all
    select distinct least(one, other), greatest(one, other), '1字違いのカナ・生年月日・世帯', 2, ['氏名カナ', '生年月日', '世帯番号'] from near_kana where one <> other
), phoned as (
    select suspect.first_number, suspect.second_number, first.number, first.set_on as first_on, second.set_on as second_on
    from suspect
    join called as first on first.atena_number = first_number
    join called as second on second.atena_number = second_number and second.number = first.number and second.birth_date = first.birth_date
    qualify row_number() over (partition by first_number, second_number order by first.number) = 1
), item as (
    select first_number, second_number, '氏名カナ' as item, first_kana as first_value, second_kana as second_value,
        '宛名基本' as first_table, '宛名基本' as second_table, first_stated_on as first_on, second_stated_on as second_on
    from suspect
    union all
    select first_number, second_number, '生年月日', first_birth::varchar, second_birth::varchar, '宛名基本', '宛名基本', first_stated_on, second_stated_on from suspect
    union all
    select first_number, second_number, '世帯番号', first_household, second_household, '宛名基本', '宛名基本', first_stated_on, second_stated_on from suspect
    union all
    select first_number, second_number, '住所', first_value, second_value, first_table, second_table, first_on, second_on from same_address
    union all
    select first_number, second_number, '電話番号', number, number, '連絡先', '連絡先', first_on, second_on from phoned
), evident as (
    select
        ruled.first_number, ruled.second_number, ruled.rule,
        case when suspect.is_other_sex then 1 else greatest(1, ruled.strength - suspect.both_here) end as strength,
        item.* exclude (first_number, second_number)
    from ruled
    join suspect using (first_number, second_number)
    join item on item.first_number = ruled.first_number and item.second_number = ruled.second_number and list_contains(ruled.items, item.item)
)
select
    *,
    max(strength) over pair as pair_strength,
    -- names the pair with exactly this evidence: a decision holds as long as nothing of it changes
    md5(string_agg(concat_ws('|', first_number, second_number, rule, strength, item, first_value, second_value), ';') over (
        partition by first_number, second_number order by rule, item rows between unbounded preceding and unbounded following)) as evidence
from evident
window pair as (partition by first_number, second_number)
order by first_number, second_number, rule, item
