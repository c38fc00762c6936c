-- rule: 要人
-- why: 議員・報道・首長などとして登録された人の情報を見た
select entry.actor, entry.atena_ref, count(*) as count, json_group_array(entry.seq) as seqs
from entry
join watched on watched.atena_ref = entry.atena_ref and watched.list = '要人'
where entry.in_period and entry.is_person
group by entry.actor, entry.atena_ref
