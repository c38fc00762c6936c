-- grain: one note (記事): the old system's and, up to this snapshot, the ledger's, corrected ones replaced
create or replace table derived.note as
with every_note as (
    select 'R' || note_number as note_id, atena_number, contacted_on, method, direction, counterpart, outcome, body,
           officer_name, null::varchar as recorded_at, null::varchar as corrects
    from source.negotiation_note
    union all by name
    select event_id as note_id, atena_number, contacted_on, method, direction, counterpart, outcome, body,
           officer_name, recorded_at, corrects
    from source.ledger_note
)
select * exclude (corrects)
from every_note
where note_id not in (select corrects from every_note where corrects is not null)
