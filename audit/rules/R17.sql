-- rule: 後日の記載
-- why: 出来事から7日以上たって書いた記録がある（期限や時効に合わせた後付けでないか、もとの書類で確かめる）
select actor, null as atena_ref, count(*) as count, json_group_array(seq) as seqs
from entry
where in_period and late_days >= 7
group by actor
