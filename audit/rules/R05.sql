-- rule: 同姓・近隣の人
-- why: 職員と同姓同町か同じ番地として登録された人の情報を、その職員が見た
select looked.actor, looked.atena_ref, count(*) as count, json_group_array(looked.seq) as seqs
from looked
join watched on watched.atena_ref = looked.atena_ref and watched.account = looked.actor and watched.list = '同姓・近隣'
where looked.in_period
group by looked.actor, looked.atena_ref
