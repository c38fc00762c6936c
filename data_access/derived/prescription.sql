-- 消滅時効 of every open installment as known on as_of (law/prescription.py explains one).
-- grain: one row per open installment. completes_on: complete at the end of that day under the EARLIER reading, unless
-- is_held (差押, 交付要求 or a pause in force); later_reading_on: the same under the later reading of the 督促.
create or replace table derived.prescription as
-- Where nothing came after the first completion and no time paused, the date is the latest `until` that counts, under
-- the later reading too. Where no 催告 or 協議 reaches it either, all others count: the order does not matter, and what
-- renewed is the first event that reached that day.
with summary as (
    select
        installment_id,
        max(until) filter (where not is_doubtful) as latest_until,
        max(until) filter (where is_doubtful) as doubt_until,
        max(later_until) filter (where later_until > until) as later_until,
        arg_max(
            {'until': until, 'rank': rank, 'on': happened_on},
            {'until': until, 'age': getvariable('as_of') - happened_on, 'earlier': -rank}
        ) filter (where renews) as renewal,
        sum(holds) as holds,
        bool_or(needs_person) as needs_person,
        max(happened_on) > any_value(start_until) or bool_or(pauses <> 0) as is_late_or_paused,
        is_late_or_paused or coalesce(
            max(until) filter (where kind in ('催告', '協議')) >= greatest(any_value(start_until), max(until) filter (where renews)), false
        ) as needs_order
    from derived.prescription_mark
    group by installment_id
),
listed as (
    select
        installment_id,
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
    from derived.prescription_mark
    semi join (from summary where needs_order) as summary using (installment_id)
    group by installment_id
),
reading as (
    select *, false as is_later
    from listed
    union all by name
    select * replace (list_transform(marks, lambda mark: struct_update(mark, until := mark.later_until)) as marks), true as is_later
    from listed
    semi join (from summary where is_late_or_paused and later_until is not null) as summary using (installment_id)
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
    from derived.prescription_period as installment
    left join summary using (installment_id)
    where not coalesce(needs_order, false)
    union all by name
    select
        installment.notice_number,
        installment.installment_no,
        installment.levy_kind,
        earlier.course.completes_on as completes_on,
        coalesce(
            later.course.completes_on,
            greatest(earlier.course.completes_on, if(is_late_or_paused, null, later_until))
        ) as later_reading_on,
        earlier.course.renewed_by as renewed_by,
        earlier.course.renewed_on as renewed_on,
        earlier.course.holds + earlier.course.pauses > 0 as is_held,
        earlier.course.needs_person or earlier.course.doubt_until > earlier.course.completes_on as needs_person
    from derived.prescription_period as installment
    join summary using (installment_id)
    join (from followed where not is_later) as earlier using (installment_id)
    left join (from followed where is_later) as later using (installment_id)
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
