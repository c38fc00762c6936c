-- rule: 一時解除・書出しの集中
-- why: 1日に一時解除を20回以上求めたか書出しを5件以上受け取った、または利用期限まで14日以内の書出し
with outward as (
    select entry.*, account.expires_on, action <> 'export' as is_reveal
    from entry
    left join account on account.name = entry.actor
    where in_period and action in ('reveal.begin', 'reveal.ask', 'export')
)
select actor, null as atena_ref, count(*) as count, json_group_array(seq) as seqs
from outward
group by actor, day
having sum(is_reveal) >= 20 or sum(not is_reveal) >= 5
    or sum(not is_reveal and expires_on is not null and julianday(expires_on) - julianday(day) between 0 and 14) > 0
