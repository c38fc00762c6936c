-- grain: one overdue installment of a delinquent that is not suspended: what a 停止 would cover, and when it prescribes;
-- is_extinct: by 時効, with nothing left for a person to see: a matter of 不納欠損 alone;
-- decided: what was decided here of it and the feeds do not know yet, so that no second 起案 can hold it
-- action: suspension_candidate.read
select installment.installment_key, levy_kind, levy_year, installment_no, due_date, unpaid_yen, flash_yen, charge_yen, prescription_on, is_held, claim_state, disposition_kind,
    coalesce(claim_state = '消滅' and not needs_person, false) as is_extinct, own.decided
from disclosed.installment as installment
left join (from disclosed.decided_installment where atena_ref = $atena_ref and decided <> '停止取消決裁済') as own on own.installment_key = installment.installment_key
where installment.atena_ref = $atena_ref and is_overdue and suspension_ground is null
order by due_date, installment_no
