-- rule: 番号を順に探す
-- why: 1時間に10件以上の違う宛名番号で探した
select actor, null as atena_ref, count(distinct atena_ref) as count, json_group_array(seq) as seqs
from entry
where in_period and (question = 'case_search' or action = 'care_inquiry.ask') and searched_by like '%atena_ref%'
group by actor, hour
having count(distinct atena_ref) >= 10
