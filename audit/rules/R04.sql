-- rule: 本人・家族の記録
-- why: 職員が、自分か自分の世帯として登録された人の情報を見た
select entry.actor, entry.atena_ref, count(*) as count, json_group_array(entry.seq) as seqs
from entry
join watched on watched.atena_ref = entry.atena_ref and watched.account = entry.actor and watched.list in ('職員', '職員の世帯')
where entry.in_period and entry.is_person
group by entry.actor, entry.atena_ref
