-- 消滅時効 of every open installment as known on as_of, the EARLIER reading (law/prescription.py explains one).
-- grain: one row per open installment. completes_on: complete at the end of that day, unless is_held (差押 in force).
-- Every event becomes a mark "not complete before the end of `until`"; the marks are then followed in order of time.
create or replace table derived.prescription as
with recursive installment as (
    select
        open_installment.notice_number,
        open_installment.installment_no,
        open_installment.levy_kind,
        open_installment.due_date,
        levy_policy.prescription_years * 12 as period_months
    from derived.open_installment
    left join law.levy_policy
        on levy_policy.levy_kind = open_installment.levy_kind
        and open_installment.due_date between levy_policy.from_date and levy_policy.to_date
),
event as (
    select
        known.* replace (
            case
                when rule.levy_kind is null then error('prescription.toml: ' || happened_on || ' の値がありません。')
                when kind in ('督促', '催告', '承認', '差押', '停止') then kind
                else error('時効の事由「' || kind || '」を知りません。')
            end as kind
        ),
        installment.period_months,
        rule.demand_wait_days,
        rule.reminder_hold_months,
        rule.failed_attachment_hold_months,
        row_number() over (partition by known.notice_number, known.installment_no, known.kind order by happened_on) as kind_no
    from derived.prescription_event as known
    join installment using (notice_number, installment_no)
    left join law.prescription_rule as rule
        on rule.levy_kind = installment.levy_kind
        and known.happened_on between rule.from_date and rule.to_date
    where known.happened_on <= getvariable('as_of')
),
-- first_day: the first counted day; months: how long from there; null where an event moves no date.
-- An unconfirmed 承認, a second 督促 and a 停止 do nothing; a 差押 with no known reason for its end only holds.
effect as (
    select notice_number, installment_no, 0 as rank, '起算' as kind, due_date as happened_on,
        due_date + 1 as first_day, period_months as months, false as is_renewal, 0 as attachments
    from installment
    union all
    select notice_number, installment_no, 1, kind, happened_on,
        happened_on + cast(demand_wait_days as integer) + 1, period_months, true, 0
    from event where kind = '督促' and kind_no = 1
    union all
    select notice_number, installment_no, 2, kind, happened_on,
        happened_on + 1, reminder_hold_months, false, 0
    from event where kind = '催告'
    union all
    select notice_number, installment_no, 3, kind, happened_on,
        happened_on + 1, period_months, true, 0
    from event where kind = '承認' and is_confirmed
    union all
    select notice_number, installment_no, 4, kind, happened_on,
        null, null, false, 1
    from event where kind = '差押'
    union all
    select notice_number, installment_no, 5, kind, ended_on,
        ended_on + 1, if(is_renewal, period_months, failed_attachment_hold_months), coalesce(is_renewal, false), -1
    from event left join law.attachment_end using (end_reason)
    where kind = '差押' and ended_on <= getvariable('as_of')
),
-- last day of the period: the day before the anniversary, or the month's end without one (民法143条2項)
mark as (
    select
        *,
        cast(first_day + to_months(months) as date) as anniversary,
        anniversary - cast(day(anniversary) = day(first_day) as integer) as until,
        row_number() over (partition by notice_number, installment_no order by rank > 0, happened_on, rank) as mark_no
    from effect
),
followed as (
    select
        notice_number,
        installment_no,
        mark_no,
        until as completes_on,
        cast(null as date) as reminded_until,
        cast(null as varchar) as renewed_by,
        cast(null as date) as renewed_on,
        0 as attachments
    from mark
    where mark_no = 1
    union all
    select
        notice_number,
        installment_no,
        mark.mark_no,
        if(counts, greatest(completes_on, mark.until), completes_on),
        if(counts and mark.kind = '催告', mark.until, reminded_until),
        if(counts and mark.is_renewal and mark.until > completes_on, mark.kind, renewed_by),
        if(counts and mark.is_renewal and mark.until > completes_on, mark.happened_on, renewed_on),
        followed.attachments + if(counts, mark.attachments, 0)
    from (
        select
            followed.*,
            mark,
            -- nothing counts once complete; nor a 催告 while an earlier one holds (民法150条2項)
            (followed.attachments > 0 or mark.happened_on <= completes_on)
                and not (mark.kind = '催告' and mark.happened_on <= coalesce(reminded_until, '0001-01-01')) as counts
        from followed
        join mark
            on mark.notice_number = followed.notice_number
            and mark.installment_no = followed.installment_no
            and mark.mark_no = followed.mark_no + 1
    ) as followed
)
select
    notice_number,
    installment_no,
    if(completes_on is null, error('levy_policy.toml: 時効の年数のない納期限があります。'), completes_on) as completes_on,
    renewed_by,
    renewed_on,
    attachments > 0 as is_held
from followed
qualify mark_no = max(mark_no) over (partition by notice_number, installment_no)
