-- THE GATE OF DATA, continued (名寄せ: what leads from one delinquent to somebody else). The macros and the rule stand in ../disclosed.sql.

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

-- grain: one delinquent (被相続人) × heir of whom may be told: one who is not hidden, or without 宛名番号 and of a name that leads to no
-- protected person
create view serving.shown_heir as
with summed as (
    select * exclude (notice_number, installment_no, share_yen), sum(share_yen)::bigint as share_yen
    from derived.heir_share
    where basis <> '残り'
    group by all
)
select
    summed.*,
    case when summed.heir_number is null then summed.heir_name
         when in_scope(other.district_code) then coalesce(other.name, summed.heir_name) end as name,
    case when in_scope(other.district_code) then other.atena_ref end as other_ref
from summed
left join serving.person_beside as other on other.atena_number = summed.heir_number
where other.atena_number is not null or (summed.heir_number is null and not names_protected(summed.heir_name));

-- grain: one delinquent whose heirs were looked for: how many of them may be told of, how many of those renounced, and what none of them bears
create view serving.succession as
select
    delinquent.atena_number,
    count(distinct heir.heir_place) as heir_count,
    count(distinct if(heir.renounced_on <= standing.as_of, heir.heir_place, null)) as renounced_count,
    (any_value(delinquent.unpaid_yen) - coalesce(sum(heir.share_yen), 0))::bigint as unborne_yen
from serving.delinquent as delinquent
cross join serving.standing as standing
semi join derived.heir_share using (atena_number)
left join serving.shown_heir as heir using (atena_number)
group by delinquent.atena_number;

-- grain: one delinquent (被相続人) × heir, and one row 残り: what no heir shown here bears
-- An heir without 宛名番号 is shown by the name that 相続人調査 wrote, unless a protected person has it.
create view disclosed.heir as
with every_heir as (
    select * from serving.shown_heir
    union all by name
    select atena_number, '残り' as basis, unborne_yen as share_yen from serving.succession where unborne_yen <> 0
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

-- grain: one delinquent: whether they are dead, and who would succeed, counted, nobody named. C5, as screening_evidence tells the same of the
-- 住民票 and of 相続: who decides on an 即時消滅 reads no C2. heir_count: of those whom disclosed.heir shows; unborne_yen: what none of
-- them bears (null: nobody was looked for); noted_count: 承継 recorded since the snapshot
create view disclosed.succession_state as
select
    delinquent.atena_ref,
    whole('C5', delinquent.resident_state) as resident_state,
    whole('C5', delinquent.state_changed_on) as state_changed_on,
    whole('C5', coalesce(succession.heir_count, 0)) as heir_count,
    whole('C5', coalesce(succession.renounced_count, 0)) as renounced_count,
    whole('C5', succession.unborne_yen) as unborne_yen,
    whole('C5', coalesce(noted.noted_count, 0)) as noted_count
from serving.delinquent as delinquent
left join serving.succession as succession using (atena_number)
left join (
    select atena_number, count(*) as noted_count
    from serving.entry
    where kind = 'succession' and event_id in (select event_id from serving.live_entry)
    group by all
) as noted using (atena_number)
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
    case when suspect.item = '世帯番号' or not in_scope(other.district_code) or names_protected(suspect.own_value) then null
         when suspect.item = '電話番号' then shown_beside('C3', masked_number(suspect.own_value), masked_number(suspect.own_value))
         else whole_beside('C2', suspect.own_value) end as own_value,
    case when suspect.item = '世帯番号' or not in_scope(other.district_code) or names_protected(suspect.other_value) then null
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
