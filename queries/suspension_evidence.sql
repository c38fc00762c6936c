-- grain: one criterion of one delinquent and 号: the record that meets or refutes it, its age, and the newer record that stands against it
-- action: suspension_candidate.read
select ground, clause, target, meaning, finding, result, dated_on, age_days, evidence_id, article, contradiction, contradicted_on, contradiction_id
from disclosed.screening_evidence
where atena_ref = $atena_ref and ground = $ground
order by rank
