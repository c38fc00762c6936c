-- rule: 記録を残さない繰返し
-- why: 同じ人のカルテを30日に3日以上か365日に5日以上開き、その人について何も記録していない
with days as (
    select actor, atena_ref, max(in_period) as is_now, count(distinct day) as in_year,
        count(distinct case when day > $since_30 then day end) as in_month, json_group_array(seq) as seqs
    from viewing
    where day > $since_365
    group by actor, atena_ref
)
select actor, atena_ref, case when in_month >= 3 then in_month else in_year end as count, seqs
from days
where is_now and (in_month >= 3 or in_year >= 5)
  and not exists (select 1 from written where written.actor = days.actor and written.atena_ref = days.atena_ref)
