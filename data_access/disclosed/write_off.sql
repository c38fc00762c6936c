-- THE GATE OF DATA, continued (不納欠損). The macros and the rule stand in ../disclosed.sql and figure.sql.

-- grain: one person in the reader's districts of whom something may be decided, also when nothing is owed any more
create view disclosed.case_subject as
select subject.atena_ref, subject.district_code, version_of(subject.atena_number) as note_version
from serving.case_subject as subject
where in_scope(district_code);

-- grain: one installment of one 不納欠損 decided here. is_reversed: a 取消 was decided after it; is_booked: 収納 has it in its books;
-- paid_since_yen: what came in since the 決裁 of one that is neither, 消込み or 速報: it must not be booked
create view serving.written_off as
with decided as (
    select
        entry.atena_number,
        entry.event_id,
        reversal.event_id is not null as is_reversed,
        reversal.happened_on as reversed_on,
        reversal.reversal_ground,
        entry.seq,
        unnest(entry.written_off) as installment_key,
        unnest(entry.written_off_yen) as yen,
        split_part(installment_key, '-', 1) as notice_number,
        split_part(installment_key, '-', 2) as installment_no
    from serving.entry as entry
    left join serving.entry as reversal on reversal.kind = 'write_off_reversal' and reversal.decision = entry.event_id
    where entry.kind = 'write_off_decision'
), owed as (  -- whoever owes nothing any more is not in it
    select notice_number, installment_no, unpaid_yen, flash_yen
    from derived.case_installment
    semi join decided using (notice_number, installment_no)
)
select
    decided.* exclude (notice_number, installment_no),
    booked.notice_number is not null as is_booked,
    if(decided.is_reversed or is_booked, 0, greatest(decided.yen - coalesce(owed.unpaid_yen, 0), 0) + coalesce(owed.flash_yen, 0))::bigint as paid_since_yen
from decided
left join source.write_off as booked using (notice_number, installment_no)
left join owed using (notice_number, installment_no);

-- grain: one 不納欠損 decided here about a person in the reader's districts, until its 取消 is decided and 収納 has taken it back.
-- state: what is waited for. One of which a part is booked waits for the rest.
create view disclosed.write_off_decided as
with scoped as (
    select
        event_id,
        any_value(is_reversed) as is_reversed,
        sum(coalesce(paid_since_yen, 0))::bigint as paid_since_yen,
        case
            when bool_or(is_reversed) then '取消済・収納の戻し待ち'
            when bool_and(is_booked) then '収納で計上済'
            else '決裁済・収納の計上待ち'
        end as state
    from serving.written_off
    group by event_id
    having not bool_or(is_reversed) or bool_or(is_booked)
)
select
    subject.atena_ref,
    shown('C2', subject.name, masked_name(subject.name)) as name,
    subject.district_code,
    subject.district_name,
    entry.event_id,
    entry.happened_on,
    scoped.state,
    scoped.is_reversed,
    whole('C9', entry.summary) as summary,
    whole('C9', entry.written_off) as written_off,
    whole('C9', entry.yen) as yen,
    whole('C9', scoped.paid_since_yen) as paid_since_yen,
    whole('C9', entry.written_by) as written_by,
    entry.seq
from serving.entry as entry
join scoped using (event_id)
join serving.case_subject as subject using (atena_number)
where in_scope(subject.district_code);

-- grain: one installment of one 不納欠損 decided here about a delinquent, the reversed ones too (取消（訂正）済み), for the カルテ and the candidates
create view disclosed.case_write_off as
select
    delinquent.atena_ref,
    scope.event_id as decision,
    entry.happened_on,
    whole('C9', entry.reason) as booked_as,
    whole('C9', entry.extinction_ground) as extinction_ground,
    whole('C9', scope.installment_key) as installment_key,
    whole('C9', scope.yen) as yen,
    whole('C9', coalesce(scope.paid_since_yen, 0)) as paid_since_yen,
    scope.is_reversed,
    scope.is_booked,
    whole('C9', scope.reversed_on) as reversed_on,
    whole('C9', scope.reversal_ground) as reversal_ground,
    scope.seq
from serving.written_off as scope
join serving.entry as entry using (event_id)
join serving.delinquent as delinquent on delinquent.atena_number = scope.atena_number
where in_scope(delinquent.district_code);

-- grain: one installment of one 不納欠損 decided here, whatever became of it, with who took its three steps.
-- extinct_on: of this installment, as the 起案 noted it, or as it is reckoned now; else the decision's, which is that of the last.
-- charge_yen: as the 起案 noted it on noted_on
create view disclosed.write_off_paper as
with state as (
    select
        event_id,
        case
            when bool_or(is_reversed) then if(bool_or(is_booked), '取消済・収納の戻し待ち', '取消済')
            when bool_and(is_booked) then '収納で計上済'
            else '決裁済・収納の計上待ち'
        end as state
    from serving.written_off
    group by event_id
), named as materialized (
    select distinct split_part(installment_key, '-', 1) as notice_number, split_part(installment_key, '-', 2) as installment_no
    from (select unnest(written_off) as installment_key from serving.entry where kind = 'write_off_decision')
), charged as materialized (  -- of what was decided alone, before anything else is joined: everybody's is long
    select notice_number, installment_no, due_date, levy_kind, levy_year
    from named
    join source.installment as installment using (notice_number, installment_no)
    join source.annual_assessment as assessment using (notice_number)
)
select
    subject.atena_ref,
    shown('C2', subject.name, masked_name(subject.name)) as name,
    level('C2') is distinct from 'read' as is_masked,
    subject.district_code,
    subject.district_name,
    entry.event_id as decision,
    state.state,
    entry.happened_on as decided_on,
    installment.levy_kind,
    whole('C9', entry.reason) as reason,
    whole('C9', entry.extinction_ground) as extinction_ground,
    whole('C9', scope.paid_since_yen) as paid_since_yen,
    whole('C9', coalesce((noted ->> '$.extinct_on')::date, candidate.extinct_on, entry.extinct_on, entry.happened_on)) as extinct_on,
    whole('C9', scope.installment_key) as installment_key,
    whole('C9', installment.notice_number) as notice_number,
    whole('C9', installment.levy_year) as levy_year,
    whole('C9', installment.installment_no) as installment_no,
    whole('C9', installment.due_date) as due_date,
    whole('C9', scope.yen) as yen,
    whole('C9', (proposed.basis ->> '$.as_of')::date) as noted_on,
    whole('C9', (noted ->> '$.charge_yen')::bigint) as charge_yen,
    whole('C9', proposed.happened_on) as written_on,
    whole('C9', reviewed.happened_on) as reviewed_on,
    whole('C9', proposed.written_by) as written_by,
    whole('C9', reviewed.written_by) as reviewed_by,
    whole('C9', entry.written_by) as approved_by,
    entry.seq as approved_seq
from serving.written_off as scope
join state using (event_id)
join serving.entry as entry using (event_id)
join serving.case_subject as subject on subject.atena_number = entry.atena_number
join serving.entry as proposed on proposed.event_id = entry.proposal
join serving.entry as reviewed on reviewed.proposal = entry.proposal and reviewed.step = '審査'
join charged as installment on installment.notice_number || '-' || installment.installment_no = scope.installment_key
left join derived.write_off_candidate as candidate
    on candidate.notice_number = installment.notice_number
    and candidate.installment_no = installment.installment_no
    and candidate.booked_as = entry.reason
cross join lateral (select json_extract(proposed.basis, '$.installments."' || scope.installment_key || '"') as noted) as told
where in_scope(subject.district_code);

-- grain: one overdue installment of a delinquent in the reader's districts × reason for which it may be written off
create view disclosed.write_off_candidate as
select
    delinquent.atena_ref,
    shown('C2', delinquent.name, masked_name(delinquent.name)) as name,
    delinquent.district_code,
    delinquent.district_name,
    candidate.booked_as,
    candidate.is_first,
    candidate.article,
    whole('C9', candidate.notice_number || '-' || candidate.installment_no) as installment_key,
    whole('C9', installment.levy_year) as levy_year,
    whole('C9', installment.installment_no) as installment_no,
    whole('C9', installment.due_date) as due_date,
    whole('C9', installment.unpaid_yen) as unpaid_yen,
    whole('C9', installment.charge_yen) as charge_yen,
    whole('C9', candidate.extinct_on) as extinct_on,
    whole('C9', candidate.needs_person) as needs_person,
    whole('C9', installment.suspension_ground) as suspension_ground,
    whole('C9', installment.suspended_on) as suspended_on,
    whole('C9', installment.renewed_by) as renewed_by,
    whole('C9', installment.renewed_on) as renewed_on,
    whole('C9', installment.completes_on) as completes_on,
    whole('C9', installment.later_reading_on) as later_reading_on,
    whole('C9', installment.demanded_on) as demanded_on,
    whole('C9', installment.demand_returned_on) as demand_returned_on,
    whole('C9', installment.demand_served_on) as demand_served_on,
    whole('C9', installment.flash_yen) as flash_yen,
    whole('C9', at_once.extinction_ground) as extinction_ground,
    at_once.extinction_reason,
    freed.reversed_on,
    freed.reversal_ground,
    whole('C9', decided.happened_on) as decided_on
from derived.write_off_candidate as candidate
join derived.case_installment as installment using (notice_number, installment_no)
join serving.delinquent as delinquent on delinquent.atena_number = candidate.atena_number
left join disclosed.extinguished_installment as at_once
    on at_once.installment_key = candidate.notice_number || '-' || candidate.installment_no and candidate.booked_as = '即時消滅'
left join (
    select installment_key, arg_max(reversed_on, seq) as reversed_on, arg_max(reversal_ground, seq) as reversal_ground
    from disclosed.case_write_off
    where is_reversed
    group by installment_key
) as freed on freed.installment_key = candidate.notice_number || '-' || candidate.installment_no
left join (
    select unnest(written_off) as installment_key, happened_on from disclosed.write_off_decided where not is_reversed
) as decided on decided.installment_key = candidate.notice_number || '-' || candidate.installment_no
where in_scope(delinquent.district_code);
