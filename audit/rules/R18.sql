-- rule: 一覧をめくり続けた
-- why: 1日に50人以上の並ぶ一覧を30頁より多く見て、開いたカルテはその頁数より少ない
with page as (
    select raw.actor, entry.day, min(raw.seq) as seq
    from raw
    join entry using (seq)
    join list_question on list_question.question = raw.question
    where entry.in_period and raw.action <> 'refused' and raw.row_count >= 50 and raw.atena_refs like '[%'
    group by raw.actor, entry.day, raw.atena_refs
), opened as (
    select actor, day, count(distinct atena_ref) as persons from viewing where in_period group by actor, day
)
select page.actor, null as atena_ref, count(*) as count, json_group_array(page.seq) as seqs
from page
left join opened using (actor, day)
group by page.actor, page.day
having count(*) > 30 and count(*) > coalesce(max(opened.persons), 0)
