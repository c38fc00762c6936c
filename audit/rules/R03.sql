-- rule: 業務とのつながりがない
-- why: 地区担当が、前後の開庁日に名簿にも出ず記録もしていない人のカルテを、1週間に3人以上開いた
with unrelated as (
    select viewing.actor, viewing.atena_ref, viewing.seq
    from viewing
    join account on account.name = viewing.actor and account.role = 'officer'
    where viewing.in_period
      and not exists (select 1 from listed where listed.actor = viewing.actor and listed.atena_ref = viewing.atena_ref
                      and listed.second between viewing.second - $near and viewing.second + $near)
      and not exists (select 1 from written where written.actor = viewing.actor and written.atena_ref = viewing.atena_ref
                      and written.second between viewing.second - $near and viewing.second + $near)
)
select actor, null as atena_ref, count(distinct atena_ref) as count, json_group_array(seq) as seqs
from unrelated
group by actor
having count(distinct atena_ref) >= 3
