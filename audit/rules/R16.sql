-- rule: 管理の操作
-- why: 利用者の登録・支援措置の登録と解除・データの復元や消去・取込の決定、サーバーの時計が5分より前に戻ったこと（すべて確かめる）
select entry.actor, null as atena_ref, count(*) as count, json_group_array(entry.seq) as seqs
from entry
left join account on account.name = entry.actor
where entry.in_period and (entry.action like 'account.%' or entry.action like 'snapshot.%' or entry.action like 'levy_erasure.%'
    or entry.action like 'protection.%' or entry.action in ('intake.decide', 'watch.add')
    or (account.role in ('admin', 'vendor') and entry.is_person))
group by entry.actor, entry.action
union all
select 'os:clock' as actor, null as atena_ref, count(*) as count, json_group_array(seq) as seqs
from turned_back
having count(*) > 0
