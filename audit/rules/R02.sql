-- rule: 1時間に見た人数が多い
-- why: 1時間に40人を超え、かつ本人の過去60日の95パーセント点の3倍を超えるカルテを開いた
with hourly as (
    select actor, hour, max(in_period) as in_period, count(distinct atena_ref) as persons, json_group_array(seq) as seqs
    from viewing
    where day > $since_60
    group by actor, hour
), ranked as (
    select actor, persons, row_number() over (partition by actor order by persons) as place, count(*) over (partition by actor) as hours
    from hourly
    where not in_period
), usual as (
    select actor, min(persons) as p95 from ranked where place * 100 >= hours * 95 group by actor
)
select actor, null as atena_ref, persons as count, seqs
from hourly
left join usual using (actor)
where in_period and persons > max(40, 3 * coalesce(p95, 0))
