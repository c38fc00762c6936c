-- rule: 本人・家族の記録
-- why: 職員が、自分か自分の世帯として登録された人の情報を見た（世帯員などとして出たときも）
select looked.actor, looked.atena_ref, count(*) as count, json_group_array(looked.seq) as seqs
from looked
join watched on watched.atena_ref = looked.atena_ref and watched.account = looked.actor and watched.list in ('職員', '職員の世帯')
where looked.in_period
group by looked.actor, looked.atena_ref
