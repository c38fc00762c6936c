-- grain: one of the delinquents $refs × 号 with a verdict other than 非該当 (ground null: none); without a row nothing of theirs is overdue
-- action: suspension_candidate.read
select delinquent.atena_ref, delinquent.is_wholly_suspended, candidate.ground, candidate.verdict
from disclosed.delinquent as delinquent
left join disclosed.suspension_candidate as candidate using (atena_ref)
where list_contains($refs, delinquent.atena_ref)
order by delinquent.atena_ref, candidate.ground
