-- 消滅時効 of every open installment as known on as_of (law/prescription.py explains one).
-- grain: one row per open installment. completes_on: complete at the end of that day under the EARLIER reading, unless
-- is_held (差押, 交付要求 or a pause in force); later_reading_on: the same under the later reading of the 督促.
-- Every event becomes marks "not complete before the end of `until`"; each installment's marks are then followed in order.
create or replace table derived.prescription as
with installment as (
    select
        open_installment.notice_number,
        open_installment.installment_no,
        open_installment.levy_kind,
        open_installment.due_date,
        due_date + 1 as starts_on,
        cast(levy_policy.prescription_years * 12 as integer) as period_months,
        cast(starts_on + to_months(period_months) as date) as anniversary,
        anniversary - cast(day(anniversary) = day(starts_on) as integer) as start_until
    from derived.open_installment
    left join law.levy_policy
        on levy_policy.levy_kind = open_installment.levy_kind
        and open_installment.due_date between levy_policy.from_date and levy_policy.to_date
),
known as (
    select *
    from derived.prescription_event
    where happened_on <= getvariable('as_of')
),
first_demand as (
    select notice_number, installment_no, happened_on, deadline
    from known
    where kind = '督促'
    qualify row_number() over (partition by notice_number, installment_no order by happened_on, deadline) = 1
),
-- a 差押 within the days that a 督促 waits ends the waiting (税, 地方税法18条の2第1項2号); premiums do not wait
early_seizure as (
    select notice_number, installment_no, min(known.happened_on) as seized_on
    from known
    join first_demand using (notice_number, installment_no)
    where kind = '差押' and known.happened_on >= first_demand.happened_on
    group by all
),
event as (
    select
        known.notice_number,
        known.installment_no,
        known.kind,
        if(event_kind.rank is null, error('時効の事由「' || known.kind || '」を知りません。'), event_kind.rank) as rank,
        event_kind.end_rank,
        known.happened_on,
        if(known.ended_on <= getvariable('as_of'), known.ended_on, null) as ended_on,
        coalesce(attachment_end.is_renewal, false) as attachment_renews,
        coalesce(attachment_end.needs_person, true) as end_needs_person,
        known.is_confirmed,
        coalesce(known.deadline, known.happened_on + cast(policy.designated_deadline_days as integer)) as designated_deadline,
        known.deadline,
        known.kind = '督促' and known.happened_on = first_demand.happened_on
            and known.deadline is not distinct from first_demand.deadline as is_first_demand,
        least(early_seizure.seized_on, known.happened_on + cast(rule.demand_wait_days as integer)) as waited_until,
        installment.due_date,
        installment.starts_on,
        installment.start_until,
        installment.period_months,
        rule.* exclude (levy_kind, from_date, to_date),
        rule.levy_kind is null as has_no_rule
    from known
    join installment using (notice_number, installment_no)
    left join first_demand using (notice_number, installment_no)
    left join early_seizure using (notice_number, installment_no)
    left join law.prescription_event_kind as event_kind using (kind)
    left join law.attachment_end as attachment_end on attachment_end.end_reason = known.end_reason
    left join law.prescription_rule as rule
        on rule.levy_kind = installment.levy_kind
        and known.happened_on between rule.from_date and rule.to_date
    left join law.levy_policy as policy
        on policy.levy_kind = installment.levy_kind
        and known.happened_on between policy.from_date and policy.to_date
),
-- first_day: the first counted day, later_first_day under the later reading; months (and days): how long from there.
-- Null where an event moves no date. renews: a new period starts. holds, pauses: +1 begins, -1 ends.
effect as (
    select
        notice_number,
        installment_no,
        if(has_no_rule, error('prescription.toml: ' || happened_on || ' の値がありません。'), happened_on) as happened_on,
        rank,
        kind,
        case
            when is_first_demand then waited_until + 1
            when kind = '納入の告知' then coalesce(deadline, due_date) + 1
            when kind in ('催告', '承認', '協議') then happened_on + 1
        end as first_day,
        if(is_first_demand and demand_has_later_reading, greatest(first_day, designated_deadline + 1), first_day) as later_first_day,
        case kind when '催告' then reminder_hold_months when '協議' then agreement_hold_months else period_months end as months,
        0 as days,
        -- 協議: the agreed end, or months after a refusal, if that comes first (民法151条1項)
        if(kind = '協議', deadline, null) as at_most,
        if(kind = '協議', ended_on + 1, null) as refused_from,
        agreement_refused_months as refused_months,
        starts_on,
        start_until,
        is_first_demand or kind = '納入の告知' or (kind = '承認' and is_confirmed) as renews,
        cast(kind in ('天災', '差押', '交付要求') as integer) as holds,
        cast(kind in ('徴収猶予', '換価猶予') and deferral_pauses as integer) as pauses,
        kind = '承認' and not is_confirmed as is_doubtful,
        kind = '交付要求' and not distribution_claim_renews as needs_person
    from event
    union all by name
    select
        notice_number,
        installment_no,
        ended_on as happened_on,
        end_rank as rank,
        kind,
        case
            when kind = '差押' and not attachment_renews and failed_attachment_hold_months = 0 then null
            when kind = '交付要求' and not distribution_claim_renews then null
            else ended_on + 1
        end as first_day,
        first_day as later_first_day,
        case
            when kind = '天災' then disaster_hold_months
            when kind = '差押' and not attachment_renews then failed_attachment_hold_months
            else period_months
        end as months,
        if(kind = '天災', disaster_hold_days, 0) as days,
        starts_on,
        start_until,
        (kind = '差押' and attachment_renews) or (kind = '交付要求' and distribution_claim_renews) as renews,
        -cast(kind in ('天災', '差押', '交付要求') as integer) as holds,
        -cast(kind in ('徴収猶予', '換価猶予') as integer) as pauses,
        false as is_doubtful,
        (kind = '交付要求' and not distribution_claim_renews) or (kind = '差押' and end_needs_person) as needs_person
    from event
    where ended_on is not null
        and (kind in ('天災', '差押', '交付要求') or (kind in ('徴収猶予', '換価猶予') and deferral_pauses))
),
-- last day of a period: the day before the anniversary, or the month's end without one (民法143条2項)
dated as (
    select
        *,
        cast(first_day + to_months(cast(months as integer)) as date) as anniversary,
        cast(later_first_day + to_months(cast(months as integer)) as date) as later_anniversary,
        cast(refused_from + to_months(cast(refused_months as integer)) as date) as refused_anniversary,
        least(
            anniversary - cast(day(anniversary) = day(first_day) as integer) + cast(days as integer),
            at_most,
            refused_anniversary - cast(day(refused_anniversary) = day(refused_from) as integer)
        ) as last_day,
        if(kind in ('催告', '協議') and last_day <= happened_on, null, last_day) as until,
        if(
            later_first_day = first_day,
            until,
            later_anniversary - cast(day(later_anniversary) = day(later_first_day) as integer)
        ) as later_until
    from effect
),
-- Where nothing came after the first completion, no time paused and no 催告 or 協議 competes, the order does not matter:
-- the date is the latest `until`, and what renewed it is the first event that reached it.
summary as (
    select
        notice_number,
        installment_no,
        max(until) filter (where not is_doubtful) as latest_until,
        max(until) filter (where is_doubtful) as doubt_until,
        max(later_until) filter (where later_until > until) as later_until,
        arg_max(
            {'until': until, 'rank': rank, 'on': happened_on},
            {'until': until, 'age': getvariable('as_of') - happened_on, 'earlier': -rank}
        ) filter (where renews) as renewal,
        sum(holds) as holds,
        bool_or(needs_person) as needs_person,
        max(happened_on) > any_value(start_until) or bool_or(pauses <> 0 or kind in ('催告', '協議')) as needs_order
    from dated
    group by notice_number, installment_no
),
listed as (
    select
        notice_number,
        installment_no,
        list_sort(list({
            'on': happened_on,
            'rank': rank,
            'until': coalesce(until, '0001-01-01'),
            'later_until': coalesce(later_until, '0001-01-01'),
            'first_day': first_day,
            'is_reminder': kind = '催告',
            'is_agreement': kind = '協議',
            'renews': renews,
            'holds': holds,
            'pauses': pauses,
            'is_doubtful': is_doubtful,
            'needs_person': needs_person,
            'late_needs_person': kind <> '停止'
        })) as marks,
        any_value(starts_on) as starts_on,
        any_value(start_until) as start_until
    from dated
    semi join (from summary where needs_order) as summary using (notice_number, installment_no)
    group by notice_number, installment_no
),
reading as (
    select *, false as is_later
    from listed
    union all by name
    select * replace (list_transform(marks, lambda mark: struct_update(mark, until := mark.later_until)) as marks), true as is_later
    from listed
    semi join (from summary where later_until is not null) as summary using (notice_number, installment_no)
),
followed as (
    select
        * exclude (marks),
        list_reduce(
            marks,
            lambda course, mark: case
                -- nothing counts once complete
                when course.holds + course.pauses = 0 and mark.on > course.completes_on
                    then struct_update(course, needs_person := course.needs_person or mark.late_needs_person)
                when mark.is_doubtful
                    then struct_update(course, doubt_until := greatest(course.doubt_until, mark.until))
                when mark.renews and mark.until > course.completes_on then struct_update(
                    course,
                    completes_on := mark.until,
                    runs_from := mark.first_day,
                    renewed_by := mark.rank,
                    renewed_on := mark.on,
                    starts_after_pause := course.starts_after_pause or course.pauses > 0,
                    holds := course.holds + mark.holds,
                    needs_person := course.needs_person or mark.needs_person
                )
                -- nor a 催告 or 協議 while an earlier one holds (民法150条2項, 151条3項・5項)
                when mark.is_reminder and mark.on <= greatest(course.reminded_until, course.agreed_until) then course
                when mark.is_reminder then struct_update(
                    course,
                    completes_on := greatest(course.completes_on, mark.until),
                    reminded_until := mark.until
                )
                when mark.is_agreement and mark.on <= course.reminded_until then course
                when mark.is_agreement then struct_update(
                    course,
                    completes_on := greatest(course.completes_on, mark.until),
                    agreed_until := greatest(course.agreed_until, mark.until)
                )
                when mark.pauses > 0 then struct_update(
                    course,
                    pauses := course.pauses + 1,
                    paused_from := if(course.pauses = 0, mark.on, course.paused_from),
                    starts_after_pause := if(course.pauses = 0, mark.on <= course.runs_from, course.starts_after_pause)
                )
                when mark.pauses < 0 and course.pauses > 1 then struct_update(course, pauses := course.pauses - 1)
                when mark.pauses < 0 and course.starts_after_pause then struct_update(
                    course,
                    pauses := 0,
                    runs_from := mark.on + 1,
                    completes_on := greatest(course.completes_on, mark.until)
                )
                when mark.pauses < 0 then struct_update(
                    course,
                    pauses := 0,
                    completes_on := course.completes_on + cast(mark.on - course.paused_from + 1 as integer)
                )
                else struct_update(
                    course,
                    completes_on := greatest(course.completes_on, mark.until),
                    holds := course.holds + mark.holds,
                    needs_person := course.needs_person or mark.needs_person
                )
            end,
            {
                'completes_on': start_until,
                'runs_from': starts_on,
                'renewed_by': cast(null as bigint),
                'renewed_on': cast(null as date),
                'reminded_until': date '0001-01-01',
                'agreed_until': date '0001-01-01',
                'doubt_until': date '0001-01-01',
                'holds': 0,
                'pauses': 0,
                'paused_from': date '0001-01-01',
                'starts_after_pause': false,
                'needs_person': false
            }
        ) as course
    from reading
),
answer as (
    select
        installment.notice_number,
        installment.installment_no,
        installment.levy_kind,
        if(
            period_months is null,
            error('levy_policy.toml: 時効の年数のない納期限があります（' || due_date || '）。'),
            greatest(start_until, latest_until)
        ) as completes_on,
        greatest(start_until, latest_until, later_until) as later_reading_on,
        if(renewal['until'] > start_until, renewal['rank'], null) as renewed_by,
        if(renewal['until'] > start_until, renewal['on'], null) as renewed_on,
        coalesce(holds > 0, false) as is_held,
        coalesce(needs_person or doubt_until > greatest(start_until, latest_until), false) as needs_person
    from installment
    left join summary using (notice_number, installment_no)
    where not coalesce(needs_order, false)
    union all by name
    select
        installment.notice_number,
        installment.installment_no,
        installment.levy_kind,
        earlier.course.completes_on as completes_on,
        coalesce(later.course.completes_on, earlier.course.completes_on) as later_reading_on,
        earlier.course.renewed_by as renewed_by,
        earlier.course.renewed_on as renewed_on,
        earlier.course.holds + earlier.course.pauses > 0 as is_held,
        earlier.course.needs_person or earlier.course.doubt_until > earlier.course.completes_on as needs_person
    from installment
    join (from followed where not is_later) as earlier using (notice_number, installment_no)
    left join (from followed where is_later) as later using (notice_number, installment_no)
)
select
    answer.notice_number,
    answer.installment_no,
    completes_on,
    later_reading_on,
    -- 料 waits for the next open day, and is not known where that year's calendar is not out yet (国民健康保険法111条)
    case
        when is_held then null
        when policy.prescription_rolls_forward then calendar_day.opens_on + 1
        else completes_on + 1
    end as extinct_from,
    event_kind.kind as renewed_by,
    renewed_on,
    is_held,
    needs_person
from answer
left join law.prescription_event_kind as event_kind on answer.renewed_by in (event_kind.rank, event_kind.end_rank)
left join law.calendar_day
    on calendar_day.levy_kind = answer.levy_kind
    and calendar_day.day = answer.completes_on
left join law.levy_policy as policy
    on policy.levy_kind = answer.levy_kind
    and answer.completes_on between policy.from_date and policy.to_date
