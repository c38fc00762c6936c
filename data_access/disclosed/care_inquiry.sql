-- THE GATE OF DATA, continued (長寿社会課照会). The macros and the rule stand in ../disclosed.sql.

-- Only data_access/care_inquiry.py sets the variable `inquiry`, on a cursor of its own, and it names one person: by 宛名番号, or by
-- the whole name and the birth date. Without the variable there is no row, whoever asks.
create macro asked_of(part) as getvariable('inquiry')[part];

-- grain: the one inquiry of this cursor. is_answered: one person fits, is a 第2号被保険者 of 国保 on 基準日, is not under 支援措置 and is
-- not whoever asks; otherwise there are no arrears to read. `fitting` and `is_kept_back` are for the access log and go no further.
create view disclosed.care_inquiry as
with fitting as (
    select atena_number, birth_date
    from source.person
    where atena_number = asked_of('atena_number')
    union all
    select person.atena_number, person.birth_date
    from source.person as person
    where person.birth_date = asked_of('birth_date')::date
      and person.atena_number in (select key.atena_number from derived.person_search_key as key where key.search_key = name_key(asked_of('name')))
), judged as (
    select
        coalesce(list(fitting.atena_number order by fitting.atena_number), []) as fitting,
        coalesce(bool_or(place.atena_number is not null and kept_back(place.is_protected)), false) as is_kept_back,
        coalesce(count(*) = 1 and bool_and(
            place.atena_number is not null and not kept_back(place.is_protected)
            and age_on(fitting.birth_date, standing.as_of + 1) between asked_of('first_age')::integer and asked_of('last_age')::integer
            and insured.acquired_on <= standing.as_of and (insured.lost_on is null or insured.lost_on > standing.as_of)), false) as is_answered
    from fitting
    cross join serving.standing as standing
    left join serving.place as place using (atena_number)
    left join source.nhi_eligibility as insured using (atena_number)
), arrears as (
    select coalesce(sum(balance.unpaid_yen), 0)::bigint as yen, min(balance.due_date) + 1 as since
    from derived.balance as balance
    cross join serving.standing as standing
    where balance.atena_number = (select fitting[1] from judged where is_answered) and balance.unpaid_yen > 0 and balance.due_date < standing.as_of
)
select
    judged.is_answered,
    if(judged.is_answered, arrears.yen, null) as arrears_yen,
    arrears.since as arrears_from,
    if(arrears.since is null, null, standing.as_of) as arrears_to,
    standing.as_of,
    judged.fitting,
    judged.is_kept_back
from serving.standing as standing
cross join judged
cross join arrears
where getvariable('inquiry') is not null and getvariable('scope') is not null;
