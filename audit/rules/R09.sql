-- rule: 同僚の記録
-- why: ほかの職員として登録された人の情報を見た
select entry.actor, entry.atena_ref, count(*) as count, json_group_array(entry.seq) as seqs
from entry
join watched on watched.atena_ref = entry.atena_ref and watched.account <> entry.actor and watched.list = '職員'
where entry.in_period and entry.is_person
group by entry.actor, entry.atena_ref
