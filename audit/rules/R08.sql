-- rule: 要人
-- why: 議員・報道・首長などとして登録された人の情報を見た
select looked.actor, looked.atena_ref, count(*) as count, json_group_array(looked.seq) as seqs
from looked
join watched on watched.atena_ref = looked.atena_ref and watched.list = '要人'
where looked.in_period
group by looked.actor, looked.atena_ref
