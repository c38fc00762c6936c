-- rule: 同僚の記録
-- why: ほかの職員として登録された人の情報を見た
select looked.actor, looked.atena_ref, count(*) as count, json_group_array(looked.seq) as seqs
from looked
join watched on watched.atena_ref = looked.atena_ref and watched.account <> looked.actor and watched.list = '職員'
where looked.in_period
group by looked.actor, looked.atena_ref
