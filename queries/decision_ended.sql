-- grain: one 起案 of the person that somebody had open and that waits no more: what became of it, by whom and when
-- action: suspension_candidate.read
select ended_as, written_by, recorded_at
from disclosed.proposal_end
where atena_ref = $atena_ref and proposal_id = $proposal_id and kind = $kind
