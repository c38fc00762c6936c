-- grain: one 起案 of the person that waits: what it stood on when it was written, to be laid beside what is on file now
-- action: suspension_candidate.read
select noted_on, evidence, against
from disclosed.proposal_basis
where atena_ref = $atena_ref and proposal_id = $proposal_id
