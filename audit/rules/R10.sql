-- rule: 支援措置の対象者
-- why: 支援措置の影響を受ける人を、一人で開いた（すべて確かめる）
select actor, atena_ref, count(*) as count, json_group_array(seq) as seqs
from entry
where in_period and protected > 0 and atena_ref is not null
group by actor, atena_ref
