-- rule: 業務時間の外
-- why: 開庁日の7時30分から20時までの外に、個人の情報を見た（時間外勤務の命令と照らし合わせる）
select actor, null as atena_ref, count(*) as count, json_group_array(seq) as seqs
from entry
where in_period and is_person and (is_closed or clock < '07:30' or clock >= '20:00')
group by actor, day
