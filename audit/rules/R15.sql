-- rule: 同じ理由の繰返し
-- why: 一時解除の理由が、同じ文で1週間に5回以上使われている
select actor, null as atena_ref, count(*) as count, json_group_array(seq) as seqs
from entry
where in_period and action in ('reveal.begin', 'reveal.ask') and reason_sha256 <> ''
group by actor, reason_sha256
having count(*) >= 5
