-- grain: one overdue installment of a delinquent that is not suspended: what a 停止 would cover, and when it prescribes
-- action: suspension_candidate.read
select installment_key, levy_kind, levy_year, installment_no, due_date, unpaid_yen, charge_yen, prescription_on, is_held, claim_state, disposition_kind
from disclosed.installment
where atena_ref = $atena_ref and is_overdue and suspension_ground is null
order by due_date, installment_no
