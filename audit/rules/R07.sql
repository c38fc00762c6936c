-- rule: 開かない検索の繰返し
-- why: 氏名・生年月日・町名で1日に5回以上探し、10分以内にカルテを開いていない
with searched as (
    select actor, day, second / 60 as minute, min(second) as second, min(seq) as seq
    from entry
    where in_period and question = 'case_search' and searched_by <> '' and searched_by not like '%atena_ref%'
    group by actor, day, second / 60
)
select actor, null as atena_ref, count(*) as count, json_group_array(seq) as seqs
from searched
where not exists (select 1 from viewing where viewing.actor = searched.actor and viewing.second between searched.second and searched.second + 600)
group by actor, day
having count(*) >= 5
