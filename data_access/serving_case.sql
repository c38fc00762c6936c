-- What disclosed.sql stands on: the derived tables as of this moment. Whoever has been protected since is in no district,
-- and a cursor of a reveal (一時解除) holds one person and nobody else, so that a question over many gains nothing by it.
-- Whose own case or household's it is does not find it here (職員本人・世帯): it is as if there were none.
create macro is_own(atena_number) as list_contains(coalesce(getvariable('own_numbers'), []::varchar[]), atena_number);

create view serving.delinquent as
select delinquent.* replace (
    delinquent.is_protected or hidden.atena_number is not null as is_protected,
    if(hidden.atena_number is null, delinquent.district_code, 'S00') as district_code,
    if(hidden.atena_number is null, delinquent.district_name, '特別管理') as district_name,
    if(hidden.atena_number is null, delinquent.ward_name, null) as ward_name)
from derived.delinquent as delinquent
left join serving.protected as hidden using (atena_number)
where (getvariable('only_ref') is null or delinquent.atena_ref = getvariable('only_ref'))
  and not is_own(delinquent.atena_number);

create view serving.place as
select place.* replace (
    place.is_protected or hidden.atena_number is not null as is_protected,
    if(hidden.atena_number is null, place.district_code, 'S00') as district_code,
    if(hidden.atena_number is null, place.district_name, '特別管理') as district_name,
    if(hidden.atena_number is null, place.ward_name, null) as ward_name)
from derived.place as place
left join serving.protected as hidden using (atena_number)
where not is_own(place.atena_number);

-- grain: one person of whom something may be decided: who owes, and of whom a 執行停止 or a 不納欠損 was proposed or decided here
-- though nothing is owed any more (what was decided keeps its papers)
create view serving.case_subject as
select atena_number, atena_ref, name, district_code, district_name, is_protected, unpaid_yen - suspended_yen as active_yen
from serving.delinquent
union all by name
select settled.atena_number, settled.atena_ref, settled.name, place.district_code, place.district_name, place.is_protected, 0::bigint as active_yen
from serving.settled_subject as settled
join serving.place as place using (atena_number)
where getvariable('only_ref') is null or settled.atena_ref = getvariable('only_ref');

-- grain: one entry. seen_on: the 基準日 that was shown when it was written, or its own day where no intake is told of
create view serving.entry_seen as
select entry.event_id, coalesce(intake.business_date::date, entry.happened_on) as seen_on
from serving.entry as entry
asof left join (from serving.intake where outcome = '公開') as intake on intake.started_at <= entry.recorded_at;

-- how many entries there are about a person: the version on which the next one is written
create macro version_of(number) as
    (select count(*) from source.ledger_note as note where note.atena_number = number)
        + (select count(*) from serving.live_note as note where note.atena_number = number)
        + (select count(*) from source.ledger_entry as entry where entry.atena_number = number)
        + (select count(*) from serving.live_entry as entry where entry.atena_number = number);

-- grain: as derived.person_beside; whoever has been protected since is gone from everybody's case
create view serving.person_beside as
select * from derived.person_beside where atena_number not in (from serving.hidden_person) and not is_own(atena_number);

-- grain: one delinquent × key of カナ: in memory, because it is looked through for every カルテ (同姓同名)
create table serving.kana_key as
select atena_number, search_key
from derived.person_search_key
semi join derived.delinquent using (atena_number)
where key_kind = 'カナ';
