-- grain: one entry of the ledger, up to this snapshot, that stands: corrected ones replaced, notes excepted
create or replace table derived.entry as
select *
from source.ledger_entry
where event_id not in (select corrects from source.ledger_entry where corrects is not null)
