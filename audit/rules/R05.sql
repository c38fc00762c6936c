-- rule: 同姓・近隣の人
-- why: 職員と同姓同町か同じ番地として登録された人の情報を、その職員が見た
select entry.actor, entry.atena_ref, count(*) as count, json_group_array(entry.seq) as seqs
from entry
join watched on watched.atena_ref = entry.atena_ref and watched.account = entry.actor and watched.list = '同姓・近隣'
where entry.in_period and entry.is_person
group by entry.actor, entry.atena_ref
