-- rule: 短い間に2か所
-- why: 同じ利用者IDが、10分以内に別の端末からサインインした。または、1つのサインインが別の端末でも使われた
select later.actor, null as atena_ref, count(*) as count, json_group_array(later.seq) as seqs
from entry as later
left join entry as earlier on later.action = 'session.start' and earlier.actor = later.actor and earlier.seq < later.seq
    and earlier.action = 'session.start' and earlier.source <> later.source and later.second - earlier.second <= 600
where later.in_period and (later.action = 'session.moved' or earlier.seq is not null)
group by later.actor, later.day
