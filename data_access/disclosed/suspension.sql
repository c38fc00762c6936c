-- THE GATE OF DATA, continued (執行停止候補). The macros and the rule stand in ../disclosed.sql.

-- grain: one delinquent × 号, with a verdict other than 非該当
create view disclosed.suspension_candidate as
select
    delinquent.atena_ref,
    shown('C1', delinquent.atena_number, masked_number(delinquent.atena_number)) as atena_number_shown,
    shown('C2', delinquent.name, masked_name(delinquent.name)) as name,
    delinquent.district_code,
    delinquent.district_name,
    screening.ground,
    screening.clause,
    screening.verdict,
    screening.met_count,
    screening.criterion_count,
    screening.missing,
    whole('C9', delinquent.unpaid_yen - delinquent.suspended_yen) as active_yen,
    whole('C9', delinquent.oldest_due_date) as oldest_due_date,
    whole('C9', delinquent.prescription_on) as prescription_on,
    whole('C9', delinquent.last_payment_on) as last_payment_on
from derived.screening as screening
join serving.delinquent as delinquent using (atena_number)
where screening.verdict <> '非該当' and in_scope(delinquent.district_code);

-- grain: one criterion of one 場合 of one screened delinquent; 生活保護 etc. (C6) shows whether, never since when
create view disclosed.screening_evidence as
select
    delinquent.atena_ref,
    evidence.ground,
    evidence.target,
    evidence.clause,
    evidence.rank,
    evidence.meaning,
    evidence.article,
    evidence.finding,
    whole('C5', evidence.result) as result,
    case when evidence.sensitivity = 'C6' then whole('C6', evidence.dated_on) else whole('C5', evidence.dated_on) end as dated_on,
    case when evidence.sensitivity = 'C6' then whole('C6', evidence.age_days) else whole('C5', evidence.age_days) end as age_days,
    whole('C9', evidence.evidence_id) as evidence_id
from derived.screening_evidence as evidence
join serving.delinquent as delinquent using (atena_number)
where in_scope(delinquent.district_code);

-- grain: verdict × 号 × district: counts and yen without a person; an officer's are those of the own districts.
-- For readers without persons the 非該当 are left out: with all verdicts of a 号, one below ten would be what the others leave.
create view disclosed.suspension_summary as
with counted as (
    select
        screening.ground,
        screening.verdict,
        if(is_without_persons(), 'X00', delinquent.district_code) as district_code,
        count(*) as person_count,
        sum(delinquent.unpaid_yen - delinquent.suspended_yen)::bigint as active_yen
    from derived.screening as screening
    join serving.delinquent as delinquent using (atena_number)
    where in_scope(delinquent.district_code) or (is_without_persons() and screening.verdict <> '非該当')
    group by all
)
select
    ground,
    verdict,
    district_code,
    ten_or_more(person_count, person_count) as case_count,
    ten_or_more(person_count, active_yen) as active_yen
from counted;

-- grain: one delinquent: what the household lives on, all members together, beside the line of hardship
create view disclosed.household_hardship as
select
    delinquent.atena_ref,
    whole('C5', hardship.member_count) as member_count,
    whole('C5', hardship.recorded_count) as recorded_count,
    whole('C5', hardship.revenue_yen) as revenue_yen,
    whole('C5', hardship.dependant_count) as dependant_count,
    whole('C5', hardship.limit_yen) as limit_yen,
    whole('C5', hardship.monthly_yen) as monthly_yen,
    whole('C5', hardship.lacking_count) as lacking_count,
    whole('C5', hardship.line) as line
from derived.household_hardship as hardship
join serving.delinquent as delinquent using (atena_number)
where in_scope(delinquent.district_code);

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
    whole('C9', delinquent.active_yen) as active_yen,
    entry.seq
from serving.entry as entry
join serving.case_subject as delinquent using (atena_number)
left join serving.entry as reviewed on reviewed.proposal = entry.event_id and reviewed.step = '審査'
where entry.step = '起案' and in_scope(delinquent.district_code)
    and entry.event_id not in (select proposal from serving.entry where proposal is not null and step is distinct from '審査');

-- grain: one installment of one 執行停止 or of its 取消 (matter) that was decided here, with who took its three steps.
-- unpaid_yen: as it stood on the day of the 決裁: what came in or was written off since is laid back
create view disclosed.suspension_paper as
with since as (
    select notice_number, installment_no, booked_on as on_day, principal_yen as yen from source.receipt
    union all
    select notice_number, installment_no, written_off_on, written_off_yen from source.write_off
), decided as (
    select entry.*, unnest(installment_keys) as installment_key
    from serving.entry as entry
    where kind in ('suspension_decision', 'suspension_cancellation')
), laid_back as (
    select decided.event_id, decided.installment_key, sum(since.yen)::bigint as yen
    from decided
    join since on since.notice_number || '-' || since.installment_no = decided.installment_key and since.on_day > decided.happened_on
    group by all
)
select
    delinquent.atena_ref,
    shown('C2', delinquent.name, masked_name(delinquent.name)) as name,
    decided.event_id as decision,
    decided.matter,
    decided.happened_on as decided_on,
    decided.installment_key,
    whole('C9', balance.unpaid_yen + coalesce(laid_back.yen, 0)) as unpaid_yen,
    whole('C9', decided.ground) as ground,
    whole('C9', decided.suspended_on) as suspended_on,
    whole('C9', decided.cancel_ground) as cancel_ground,
    whole('C9', decided.is_partial) as is_partial,
    whole('C9', decided.is_immediate) as is_immediate,
    whole('C9', decided.extinction_ground) as extinction_ground,
    whole('C9', decided.lacking) as lacking,
    whole('C9', decided.evidence_ids) as evidence_ids,
    whole('C8', if(kept_back(delinquent.is_protected) or names_protected(proposed.body), '（非表示）', proposed.body)) as body,
    whole('C9', proposed.written_by) as written_by,
    whole('C9', reviewed.written_by) as reviewed_by,
    whole('C9', decided.written_by) as approved_by
from decided
join serving.entry as proposed on proposed.event_id = decided.proposal
join serving.entry as reviewed on reviewed.proposal = decided.proposal and reviewed.step = '審査'
join serving.delinquent as delinquent on delinquent.atena_number = decided.atena_number
join derived.case_installment as balance on balance.notice_number || '-' || balance.installment_no = decided.installment_key
left join laid_back on laid_back.event_id = decided.event_id and laid_back.installment_key = decided.installment_key
where in_scope(delinquent.district_code);

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
