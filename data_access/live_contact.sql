-- grain: one person with notes newer than the snapshot: the last contact and attempt by the notes that stand
-- Made anew whenever a note arrives, so that a question does not have to.
create or replace table serving.live_contact as
with corrected as (
    select atena_number, corrects from serving.live_note where corrects is not null
), standing_note as (
    -- what a correction has replaced counts no more, so the notes of that person in the snapshot are looked at again
    select atena_number, contacted_on, counterpart, outcome, note_id, 0 as seq
    from derived.note
    where atena_number in (select atena_number from corrected)
    union all by name
    select atena_number, contacted_on, counterpart, outcome, event_id as note_id, seq from serving.live_note
)
select
    atena_number,
    max(contacted_on) filter (where counterpart <> '不在') as contact_on,
    max(contacted_on) as attempt_on,
    arg_max(outcome, (contacted_on, seq)) as outcome,
    atena_number in (select atena_number from corrected) as is_whole
from standing_note
where note_id not in (select corrects from corrected)
group by atena_number
