-- rule: 拒否の繰返し
-- why: 権限のない操作・サインインの失敗が1日に5回以上（利用者が分からないものは100回以上）、またはパスワードの推測の警報
select actor, null as atena_ref, sum(refusals) as count, json_group_array(seq) as seqs
from entry
where in_period and (action = 'refused' or action like '%.refused' or action = 'session.alarm')
group by actor, day
having sum(refusals) >= case when actor in ('', 'unknown') then 100 else 5 end or max(action = 'session.alarm')
