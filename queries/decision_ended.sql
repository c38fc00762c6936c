-- grain: one 起案 that somebody had open and that waits no more: what became of it, by whom and when
-- action: suspension_candidate.read
select atena_ref, ended_as, written_by, recorded_at
from disclosed.proposal_end
where proposal_id = $proposal_id and kind = $kind
