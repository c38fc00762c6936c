-- grain: one overdue installment of a delinquent that is not suspended: what a 停止 would cover, and when it prescribes;
-- is_extinct: by 時効, with nothing left for a person to see: a matter of 不納欠損 alone
-- action: suspension_candidate.read
select installment_key, levy_kind, levy_year, installment_no, due_date, unpaid_yen, charge_yen, prescription_on, is_held, claim_state, disposition_kind,
    claim_state = '消滅' and not needs_person as is_extinct
from disclosed.installment
where atena_ref = $atena_ref and is_overdue and suspension_ground is null
order by due_date, installment_no
