-- grain: one installment of one 執行停止, or of its 取消, that was decided here: what the 決議書 and the 通知 say
-- action: suspension_paper.export
select
    paper.atena_ref, paper.name, coalesce(person.mailing_address, person.address) as address, paper.decided_on, paper.ground, paper.is_partial, paper.is_immediate,
    paper.suspended_on, paper.cancel_ground, paper.body,
    paper.evidence_ids, paper.written_by, paper.reviewed_by, paper.approved_by,
    installment.levy_year, installment.installment_no, installment.due_date, paper.unpaid_yen
from disclosed.suspension_paper as paper
join disclosed.person as person using (atena_ref)
join disclosed.installment as installment using (atena_ref, installment_key)
where paper.atena_ref = $atena_ref and paper.decision = $decision
order by installment.due_date, installment.installment_no
