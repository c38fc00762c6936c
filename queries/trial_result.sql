-- grain: 全体, one 年代 or one 地区 × way (甲, 乙) of a 試行: everybody given that way by lot, whatever was done (intention to treat)
-- action: trial.result
-- $from_day to $to_day: from the day after it began to the day fixed before. Yen: 本料 that came in between them.
with lot as (
    select unnest($refs::varchar[]) as atena_ref, unnest($ways::varchar[]) as way
), paid as (
    select atena_ref, sum(yen)::bigint as yen
    from disclosed.trial_receipt
    semi join lot using (atena_ref)
    where received_on between $from_day and $to_day
    group by atena_ref
), person as (
    select lot.way, person.district_name, person.district_code, person.age_group, coalesce(paid.yen, 0) as yen
    from lot
    join disclosed.trial_person as person using (atena_ref)
    left join paid using (atena_ref)
), parted as (
    select 1 as rank, '全体' as dimension, '全体' as part, way, yen from person
    union all
    select 2, '年代', coalesce(age_group, '不明'), way, yen from person
    union all
    select 3, '地区', district_name, way, yen from person
)
select
    dimension,
    part,
    way,
    count(*) as person_count,
    count(*) filter (where yen > 0) as paid_count,
    sum(yen)::bigint as yen,
    sum(yen::hugeint * yen)::hugeint::varchar as square_yen
from parted
group by all
order by any_value(rank), part, way
