-- THE GATE OF DATA, continued (期別, what happened, and what officers recorded). The macros and the rule stand in ../disclosed.sql.

-- grain: one installment of a delinquent
create view disclosed.installment as
select
    delinquent.atena_ref,
    whole('C9', installment.notice_number || '-' || installment.installment_no) as installment_key,
    installment.levy_kind,
    installment.levy_year,
    installment.installment_no,
    installment.payment_method,
    installment.due_date,
    installment.is_overdue,
    whole('C9', installment.assessed_yen) as assessed_yen,
    whole('C9', installment.received_yen) as received_yen,
    whole('C9', installment.refund_due_yen) as refund_due_yen,
    whole('C9', installment.written_off_yen) as written_off_yen,
    whole('C9', installment.unpaid_yen) as unpaid_yen,
    whole('C9', installment.flash_yen) as flash_yen,
    -- 延滞金 still due: while the 本料 runs, or left when it was paid
    whole('C9', installment.charge_yen + installment.left_charge_yen) as charge_yen,
    whole('C9', installment.left_charge_yen) as left_charge_yen,
    whole('C9', installment.left_charge_stopped_on) as left_charge_stopped_on,
    whole('C9', installment.forced_charge_yen) as forced_charge_yen,
    whole('C9', installment.demanded_on) as demanded_on,
    whole('C9', installment.demand_returned_on) as demand_returned_on,
    whole('C9', installment.demand_served_on) as demand_served_on,
    whole('C9', installment.demand_deadline) as demand_deadline,
    whole('C9', installment.is_demand_missed) as is_demand_missed,
    whole('C9', installment.seizable_from) as seizable_from,
    -- 差押の間は完成しないので、日を示さない
    whole('C9', case when not installment.is_held then coalesce(installment.completes_on, installment.left_charge_completes_on) end) as prescription_on,
    whole('C9', installment.later_reading_on) as later_reading_on,
    whole('C9', installment.extinct_from) as extinct_from,
    whole('C9', installment.needs_person) as needs_person,
    whole('C9', installment.renewed_by) as renewed_by,
    whole('C9', installment.renewed_on) as renewed_on,
    whole('C9', installment.is_held) as is_held,
    whole('C9', installment.held_by) as held_by,
    whole('C9', installment.disposition_kind) as disposition_kind,
    whole('C9', installment.suspension_ground) as suspension_ground,
    whole('C9', installment.suspended_on) as suspended_on,
    whole('C9', installment.three_years_on) as three_years_on,
    whole('C9', installment.is_extinguished) as is_extinguished,
    whole('C9', care.seizure_bars) as seizure_bars,
    whole('C9', installment.seizure_cautions) as seizure_cautions,
    whole('C9', if(installment.claim_state = '差押可能' and len(care.seizure_bars) > 0, '差押不可', installment.claim_state)) as claim_state,
    whole('C9', installment.plan_number) is not null as is_planned
from derived.case_installment as installment
join serving.delinquent as delinquent using (atena_number)
left join serving.stopped_since as since using (atena_number, notice_number, installment_no)
-- whether there is a 破産手続 (C6), and that the person is under 支援措置 (C7), only as far as each is cleared; a 停止 decided since the snapshot
cross join lateral (
    select list_filter(installment.seizure_bars, lambda bar: bar <> '破産手続' or level('C6') <> 'none')
        || if(level('C7') <> 'none' and delinquent.is_protected, ['支援措置の保護'], [])
        || if(since.stopped_on is not null and installment.suspension_ground is null, ['執行停止の決裁'], []) as seizure_bars
) as care
where in_scope(delinquent.district_code);

-- grain: one fact behind the 延滞金 or the 時効 of one overdue installment
create view disclosed.installment_fact as
select
    delinquent.atena_ref,
    whole('C9', fact.notice_number || '-' || fact.installment_no) as installment_key,
    whole('C9', fact.fact) as fact,
    whole('C9', fact.from_date) as from_date,
    whole('C9', fact.to_date) as to_date,
    whole('C9', fact.principal_yen) as principal_yen,
    whole('C9', fact.charge_yen) as charge_yen,
    whole('C9', fact.kind) as kind,
    whole('C9', fact.end_reason) as end_reason,
    whole('C9', fact.is_confirmed) as is_confirmed,
    whole('C9', fact.deadline) as deadline,
    whole('C9', fact.ground) as ground,
    whole('C9', fact.record) as record,
    whole('C9', fact.resent_on) as resent_on,
    whole('C9', fact.served_on) as served_on
from derived.installment_fact as fact
join serving.delinquent as delinquent using (atena_number)
where in_scope(delinquent.district_code);

-- grain: one thing that happened in a case: payments, papers, dispositions, notes, in one line of time
create view disclosed.event as
with every_event as (
    select atena_number, happened_on, kind, summary, yen, null as body, null as written_by, null as note_id, null as recorded_at, 0 as seq
    from derived.timeline
    union all by name
    select atena_number, contacted_on as happened_on, '記事' as kind, concat_ws(' ', method || '（' || direction || '）', counterpart, outcome) as summary,
           null::bigint as yen, body, officer_name as written_by, note_id, recorded_at, 0 as seq
    from derived.note
    where note_id not in (select corrects from serving.live_note where corrects is not null)
    union all by name
    select atena_number, contacted_on as happened_on, '記事' as kind, concat_ws(' ', method || '（' || direction || '）', counterpart, outcome) as summary,
           null::bigint as yen, body, officer_name as written_by, event_id as note_id, recorded_at, seq
    from serving.live_note
    where event_id not in (select corrects from serving.live_note where corrects is not null)
    union all by name
    select atena_number, happened_on, shown_kind as kind, summary, yen, place, body, written_by, event_id as note_id, recorded_at, seq
    from serving.entry
)
select
    delinquent.atena_ref,
    every_event.happened_on,
    every_event.kind,
    if(every_event.kind = '居所調査' and names_protected(every_event.summary), '（非表示）', whole('C9', every_event.summary)) as summary,
    whole('C9', every_event.yen) as yen,
    -- 居所調査 found a place: it is an address, and hidden as one. A note that names a protected person is kept back whole.
    case when every_event.place is null and (kept_back(delinquent.is_protected) or names_protected(every_event.body))
             then whole('C8', if(every_event.body is null, null, '（非表示）'))
         when every_event.place is null then whole('C8', every_event.body)
         when names_protected(every_event.place) then '（非表示）'
         when delinquent.is_protected then '（非表示）'
         else shown('C2', every_event.place, '（非表示）') end as body,
    whole('C9', every_event.written_by) as written_by,
    every_event.note_id,
    every_event.recorded_at,
    every_event.seq
from every_event
join serving.delinquent as delinquent using (atena_number)
where in_scope(delinquent.district_code) and (every_event.kind <> '支援措置' or level('C7') <> 'none');

-- grain: one mark of 支援措置 that stands
create view disclosed.protection_mark as
select delinquent.atena_ref, entry.event_id, whole('C7', entry.happened_on) as happened_on, entry.summary
from serving.entry as entry
join serving.delinquent as delinquent using (atena_number)
where entry.kind = 'protection_mark' and in_scope(delinquent.district_code) and level('C7') <> 'none'
    and entry.event_id not in (select mark from serving.entry where mark is not null);

-- grain: one 居所調査・送付先 that stands and that no second account has confirmed
create view disclosed.unconfirmed_finding as
select delinquent.atena_ref, entry.event_id, whole('C9', entry.happened_on) as happened_on, whole('C9', entry.summary) as summary, whole('C9', entry.written_by) as written_by
from serving.entry as entry
join serving.delinquent as delinquent using (atena_number)
where not entry.is_confirmed and in_scope(delinquent.district_code);

-- grain: one other delinquent in reach whose name is read alike (同姓同名), but whoever is under 支援措置
create view disclosed.namesake as
select distinct
    own.atena_ref,
    other.atena_ref as other_ref,
    shown_beside('C2', age_on(other.birth_date, standing.as_of) || '歳', decade(age_on(other.birth_date, standing.as_of))) as age,
    shown_beside('C2', other.town, other.town) as town
from serving.delinquent as own
join serving.kana_key as own_key on own_key.atena_number = own.atena_number
join serving.kana_key as other_key on other_key.search_key = own_key.search_key and other_key.atena_number <> own_key.atena_number
join serving.delinquent as other on other.atena_number = other_key.atena_number
cross join serving.standing as standing
where in_scope(own.district_code) and in_scope(other.district_code) and not coalesce(other.is_protected, true);

-- grain: one 本人確認 that stands
create view disclosed.identity_check as
select delinquent.atena_ref, entry.happened_on, whole('C9', entry.summary) as summary, whole('C9', entry.written_by) as written_by, entry.seq
from serving.entry as entry
join serving.delinquent as delinquent using (atena_number)
where entry.kind = 'identity_check' and in_scope(delinquent.district_code);
