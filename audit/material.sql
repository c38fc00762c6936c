-- from raw entries to what the rules read; the times of raw are UTC, those here are Japan's
create table entry as
with timed as (
    select *, datetime(at, '+9 hours') as local from raw
)
select
    seq,
    unixepoch(at) as second,
    substr(local, 1, 10) as day,
    substr(local, 1, 13) as hour,
    substr(local, 12, 5) as clock,
    substr(local, 1, 10) in (select day from closed) as is_closed,
    substr(local, 1, 10) between $first and $last as in_period,
    actor,
    action,
    question,
    source,
    case when atena_refs like '["%"]' and atena_refs not like '%,%' then substr(atena_refs, 3, length(atena_refs) - 4) end as atena_ref,
    atena_refs <> '[]' and action not like '%refused' and action not like 'audit.%' and action not like 'watch.%' as is_person,
    coalesce(json_extract(detail, '$.protected'), 0) as protected,
    coalesce(json_extract(detail, '$.searched_by'), '') as searched_by,
    coalesce(json_extract(detail, '$.count'), 1) as refusals,
    coalesce(json_extract(detail, '$.late_days'), 0) as late_days,
    coalesce(json_extract(detail, '$.reason_sha256'), '') as reason_sha256
from timed;
create index entry_of on entry (actor, atena_ref);

-- whom an entry tells of, one row each: the one person it names, or everybody an answer on a カルテ named beside the one asked
-- about (household, heirs, co-owners), so that a look reached through the household is a look at that person
create table looked as
select entry.seq, entry.actor, reference.value as atena_ref, entry.in_period
from entry
join raw using (seq), json_each(raw.atena_refs) as reference
where entry.is_person and raw.atena_refs like '[%'
  and (entry.atena_ref is not null or entry.question like 'case_%' and entry.question <> 'case_search');
create index looked_at on looked (atena_ref);

-- one opening of a カルテ: the first question of it in that minute
create table viewing as
select actor, atena_ref, day, hour, min(second) as second, min(seq) as seq, max(in_period) as in_period
from entry
where question = 'case_head' and atena_ref is not null and action <> 'refused'
group by actor, atena_ref, day, hour, second / 60;

-- whom a list brought up (名簿, 候補, 期限: material.LISTS); a search, a 一時解除 or any question about one person is no list
create table listed as
select raw.actor, reference.value as atena_ref, unixepoch(raw.at) as second
from raw
join list_question using (question), json_each(raw.atena_refs) as reference
where raw.atena_refs like '[%';
create index listed_by on listed (actor, atena_ref);

create table written as
select actor, atena_ref, second from entry where action like '%.write' and atena_ref is not null;
create index written_by on written (actor, atena_ref);
