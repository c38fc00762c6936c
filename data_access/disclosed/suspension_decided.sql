-- THE GATE OF DATA, continued (起案・決裁 of a 停止 or 欠損, and the papers). The macros and the rule stand in ../disclosed.sql.

-- grain: one 起案 about a person that waits for its 審査 or 決裁; a reason that names a protected person is kept back whole
create view disclosed.waiting_decision as
select
    delinquent.atena_ref,
    shown('C2', delinquent.name, masked_name(delinquent.name)) as name,
    delinquent.district_code,
    delinquent.district_name,
    entry.event_id as proposal_id,
    entry.matter,
    entry.shown_kind as kind,
    entry.happened_on,
    if(reviewed.event_id is null, '審査待ち', '決裁待ち') as state,
    whole('C9', entry.ground) as ground,
    whole('C9', entry.written_off) as written_off,
    whole('C9', entry.decision) as decision,
    whole('C9', entry.installment_keys) as installment_keys,
    whole('C9', entry.is_immediate) as is_immediate,
    whole('C9', entry.extinction_ground) as extinction_ground,
    whole('C9', entry.lacking) as lacking,
    whole('C9', entry.summary) as summary,
    whole('C8', if(kept_back(delinquent.is_protected) or names_protected(entry.body), '（非表示）', entry.body)) as body,
    whole('C9', entry.written_by) as written_by,
    whole('C9', reviewed.written_by) as reviewed_by,
    whole('C9', coalesce(list_sum(entry.written_off_yen), owed.yen)::bigint) as proposed_yen,
    entry.seq
from serving.entry as entry
join serving.case_subject as delinquent using (atena_number)
left join serving.entry as reviewed on reviewed.proposal = entry.event_id and reviewed.step = '審査'
-- of the 期別 that are proposed, not of all that the person owes
left join (
    select entry.event_id, sum(installment.unpaid_yen) as yen
    from (select event_id, atena_number, unnest(installment_keys) as installment_key from serving.entry where step = '起案') as entry
    join derived.case_installment as installment
        on installment.atena_number = entry.atena_number and installment.notice_number || '-' || installment.installment_no = entry.installment_key
    group by all
) as owed on owed.event_id = entry.event_id
where entry.step = '起案' and in_scope(delinquent.district_code)
    and entry.event_id not in (select proposal from serving.entry where proposal is not null and step is distinct from '審査');

-- what a 起案 of a 停止 stood on, as it wrote it (data_access/paper_basis.py)
create macro evidence_in(noted_basis) as from_json(json_extract(noted_basis, '$.evidence'), '[{"clause": "VARCHAR", "target": "VARCHAR", "meaning": "VARCHAR", "finding": "VARCHAR",
    "result": "VARCHAR", "dated_on": "DATE", "age_days": "BIGINT", "evidence_id": "VARCHAR", "contradiction": "VARCHAR", "contradicted_on": "DATE", "contradiction_id": "VARCHAR"}]');
create macro against_in(noted_basis) as from_json(json_extract(noted_basis, '$.against'), '[{"sign": "VARCHAR", "against": "VARCHAR", "happened_on": "DATE", "yen": "BIGINT", "evidence_id": "VARCHAR"}]');

-- grain: one 起案 that waits: the records it stood on (null: it did not say), and their 基準日
create view disclosed.proposal_basis as
select
    waiting.atena_ref,
    waiting.proposal_id,
    whole('C9', (entry.basis ->> '$.as_of')::date) as noted_on,
    whole('C5', evidence_in(entry.basis)) as evidence,
    whole('C5', against_in(entry.basis)) as against
from disclosed.waiting_decision as waiting
join serving.entry as entry on entry.event_id = waiting.proposal_id;

-- grain: one 起案 that waits no more: 決裁, 差戻し or 取下げ (ended_as), by whom and when
create view disclosed.proposal_end as
select
    subject.atena_ref,
    entry.event_id as proposal_id,
    entry.shown_kind as kind,
    case when ended.step is null then '決裁' when ended.written_by = entry.written_by then '取下げ' else '差戻し' end as ended_as,
    whole('C9', ended.written_by) as written_by,
    whole('C9', ended.recorded_at) as recorded_at
from serving.entry as entry
join serving.entry as ended on ended.proposal = entry.event_id and ended.step is distinct from '審査'
join serving.case_subject as subject on subject.atena_number = entry.atena_number
where entry.step = '起案' and in_scope(subject.district_code);

-- grain: one 執行停止, or 取消 of one (matter), that was decided here, also about who owes nothing any more
create view disclosed.suspension_decided as
select
    subject.atena_ref,
    shown('C2', subject.name, masked_name(subject.name)) as name,
    subject.district_code,
    subject.district_name,
    entry.event_id as decision,
    entry.matter,
    entry.happened_on as decided_on,
    whole('C9', entry.ground) as ground,
    whole('C9', entry.suspended_on) as suspended_on,
    whole('C9', entry.cancel_ground) as cancel_ground,
    whole('C9', entry.is_partial) as is_partial,
    whole('C9', entry.is_immediate) as is_immediate,
    whole('C9', len(entry.installment_keys)) as installment_count,
    entry.seq
from serving.entry as entry
join serving.case_subject as subject using (atena_number)
where entry.kind in ('suspension_decision', 'suspension_cancellation') and in_scope(subject.district_code);

-- grain: one person of whom something was decided: where a paper goes. is_masked: a copy that cannot be sent, because the reader
-- may not see the name or the address
create view disclosed.addressee as
select
    subject.atena_ref,
    level('C2') is distinct from 'read' or kept_back(subject.is_protected) or leads_there as is_masked,
    case when kept_back(subject.is_protected) or leads_there then '（非表示）'
         else shown('C2', coalesce(mailed.address, concat_ws(' ', person.town, person.address_rest)), person.town) end as address
from serving.case_subject as subject
join source.person as person using (atena_number)
left join (
    from source.mailing_address
    where valid_to is null
    qualify row_number() over (partition by atena_number order by case business when '国保料' then 1 else 2 end, valid_from desc) = 1
) as mailed using (atena_number)
cross join lateral (
    select mailed.address is not null and (
        subject.atena_number in (from serving.protected_letter)
        or mailed.addressee_atena_number in (from serving.protected)
        or (not subject.is_protected and names_protected(concat_ws('|', mailed.addressee_name, mailed.address)))) as leads_there
) as letter
where in_scope(subject.district_code);

-- grain: one installment of one 執行停止 or of its 取消 that was decided here, with who took its three steps and when.
-- unpaid_yen: as it stood on basis_on, the 基準日 that was shown at the 決裁: what was assessed anew, came in, was refunded or written
-- off since changes nothing. noted_on, charge_yen, prescription_on, evidence, against (反する資料): what the 起案 stood on (null: it did not say)
create view disclosed.suspension_paper as
with scope as (
    select
        decided.decision,
        seen.seen_on,
        installment.*,
        assessment.levy_kind,
        assessment.levy_year
    from (select decided.decision, unnest(entry.installment_keys) as installment_key from disclosed.suspension_decided as decided
          join serving.entry as entry on entry.event_id = decided.decision) as decided
    join serving.entry_seen as seen on seen.event_id = decided.decision
    join source.installment as installment
        on installment.notice_number = split_part(decided.installment_key, '-', 1)
        and installment.installment_no = split_part(decided.installment_key, '-', 2)
    join source.annual_assessment as assessment on assessment.notice_number = installment.notice_number
), moved as (
    select decision, notice_number, installment_no, -sum(principal_yen) as yen
    from scope join source.receipt using (notice_number, installment_no)
    where booked_on <= seen_on
    group by all
    union all
    select decision, notice_number, installment_no, sum(overpaid_yen - if(settled_on <= seen_on, settled_yen, 0))
    from scope join source.overpayment using (notice_number, installment_no)
    where arose_on <= seen_on
    group by all
    union all
    select decision, notice_number, installment_no, -sum(written_off_yen)
    from scope join source.write_off using (notice_number, installment_no)
    where written_off_on <= seen_on
    group by all
), balance as (
    select decision, notice_number, installment_no, sum(yen)::bigint as yen
    from moved
    group by all
), corrected as (
    select decision, notice_number, installment_no, arg_min(before_yen, (corrected_on, correction_number)) as assessed_yen
    from scope join source.assessment_history using (notice_number, installment_no)
    where corrected_on > seen_on
    group by all
)
select
    decided.* exclude (seq, installment_count),
    addressee.is_masked,
    addressee.address,
    scope.levy_kind,
    whole('C9', scope.notice_number) as notice_number,
    whole('C9', scope.levy_year) as levy_year,
    whole('C9', scope.installment_no) as installment_no,
    whole('C9', scope.due_date) as due_date,
    whole('C9', (coalesce(corrected.assessed_yen, scope.assessed_yen) + coalesce(balance.yen, 0))::bigint) as unpaid_yen,
    whole('C9', scope.seen_on) as basis_on,
    whole('C9', (proposed.basis ->> '$.as_of')::date) as noted_on,
    whole('C9', (noted ->> '$.charge_yen')::bigint) as charge_yen,
    whole('C9', (noted ->> '$.prescription_on')::date) as prescription_on,
    whole('C5', evidence_in(proposed.basis)) as evidence,
    whole('C5', against_in(proposed.basis)) as against,
    whole('C9', entry.extinction_ground) as extinction_ground,
    whole('C9', entry.lacking) as lacking,
    whole('C9', entry.evidence_ids) as evidence_ids,
    -- 理由 is free text, and may tell who it is of: a masked copy goes without it
    case when addressee.is_masked then '（伏せた写しには載せない）'
         when names_protected(proposed.body) then whole('C8', '（非表示）')
         else whole('C8', proposed.body) end as body,
    whole('C9', proposed.happened_on) as written_on,
    whole('C9', reviewed.happened_on) as reviewed_on,
    whole('C9', proposed.written_by) as written_by,
    whole('C9', reviewed.written_by) as reviewed_by,
    whole('C9', entry.written_by) as approved_by,
    proposed.seq as written_seq,
    reviewed.seq as reviewed_seq,
    entry.seq as approved_seq
from scope
join disclosed.suspension_decided as decided using (decision)
join disclosed.addressee as addressee using (atena_ref)
join serving.entry as entry on entry.event_id = decided.decision
join serving.entry as proposed on proposed.event_id = entry.proposal
join serving.entry as reviewed on reviewed.proposal = entry.proposal and reviewed.step = '審査'
left join balance using (decision, notice_number, installment_no)
left join corrected using (decision, notice_number, installment_no)
cross join lateral (
    select json_extract(proposed.basis, '$.installments."' || scope.notice_number || '-' || scope.installment_no || '"') as noted
) as told;

-- grain: one installment that a 停止 decided here extinguished at once (15条の7第5項) and that is still unpaid, with the recorded ground and reason
create view disclosed.extinguished_installment as
with decided as (
    select atena_number, event_id, happened_on, extinction_ground, extinction_reason, unnest(installment_keys) as installment_key
    from serving.entry
    where kind = 'suspension_decision' and is_immediate
)
select
    delinquent.atena_ref,
    shown('C2', delinquent.name, masked_name(delinquent.name)) as name,
    delinquent.district_code,
    delinquent.district_name,
    decided.event_id as decision,
    decided.happened_on as extinct_on,
    whole('C9', decided.extinction_ground) as extinction_ground,
    whole('C8', if(kept_back(delinquent.is_protected) or names_protected(decided.extinction_reason), '（非表示）', decided.extinction_reason)) as extinction_reason,
    whole('C9', decided.installment_key) as installment_key,
    whole('C9', installment.unpaid_yen) as unpaid_yen
from derived.case_installment as installment
join decided
    on decided.installment_key = installment.notice_number || '-' || installment.installment_no
    and decided.happened_on = installment.suspended_on
join serving.delinquent as delinquent on delinquent.atena_number = installment.atena_number
where installment.is_extinguished and installment.unpaid_yen > 0 and in_scope(delinquent.district_code);
