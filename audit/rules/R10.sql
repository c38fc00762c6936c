-- rule: 支援措置の対象者
-- why: 支援措置の影響を受ける人を、一人で開いたか、開いたカルテの世帯員などとして見たか、その名や住所に当たって隠れた記事のある経過を見た（すべて確かめる）
with shown as (
    select entry.actor, entry.seq, coalesce(entry.atena_ref, (
        select head.atena_ref from entry as head
        where head.actor = entry.actor and head.question = 'case_head' and head.seq < entry.seq
        order by head.seq desc limit 1)) as atena_ref
    from entry
    where entry.in_period and entry.protected > 0 and entry.seq in (select seq from looked)
)
select actor, atena_ref, count(*) as count, json_group_array(seq) as seqs
from shown
group by actor, atena_ref
