-- What each event does to 消滅時効: marks "not complete before the end of `until`" (law/prescription_event.py explains one).
-- grain: one beginning or end of one event of an open installment, as known on as_of. `later_until`: under the later
-- reading of the 督促 (料). first_day: first counted day of what starts. renews: a new period starts. holds, pauses: +1
-- begins, -1 ends. starts_on, start_until: the installment's period as it is without any event.
create or replace table derived.prescription_mark as
with known as (
    select *
    from derived.prescription_event
    where happened_on <= getvariable('as_of')
),
-- of several 督促 the first counts; nearly every installment has one
repeated as (
    select known.*
    from known
    semi join (
        select notice_number, installment_no
        from known
        where kind = '督促'
        group by notice_number, installment_no
        having count(*) > 1
    ) as several using (notice_number, installment_no)
    where kind = '督促'
),
later_demand as (
    select notice_number, installment_no, happened_on, deadline
    from repeated
    qualify rank() over (partition by notice_number, installment_no order by happened_on, deadline) > 1
),
-- a 差押 within the days that a 督促 waits ends the waiting (税, 地方税法18条の2第1項2号); premiums do not wait
early_seizure as (
    select seized.notice_number, seized.installment_no, min(seized.happened_on) as seized_on
    from known as seized
    join known as demand using (notice_number, installment_no)
    anti join later_demand
        on later_demand.notice_number = demand.notice_number
        and later_demand.installment_no = demand.installment_no
        and later_demand.happened_on = demand.happened_on
        and later_demand.deadline is not distinct from demand.deadline
    where seized.kind = '差押' and demand.kind = '督促' and seized.happened_on >= demand.happened_on
    group by all
),
event as (
    select
        installment.installment_id,
        known.kind,
        if(event_kind.rank is null, error('prescription.toml の event_kind: 「' || known.kind || '」の項目がありません。根拠とともに書き足してください。'), event_kind.rank) as rank,
        event_kind.end_rank,
        known.happened_on,
        if(known.ended_on <= getvariable('as_of'), known.ended_on, null) as ended_on,
        coalesce(attachment_end.is_renewal, false) as attachment_renews,
        coalesce(attachment_end.needs_person, true) as end_needs_person,
        known.is_confirmed,
        coalesce(known.deadline, known.happened_on + cast(policy.designated_deadline_days as integer)) as designated_deadline,
        known.deadline,
        known.kind = '督促' and later_demand.notice_number is null as is_first_demand,
        least(early_seizure.seized_on, known.happened_on + cast(rule.demand_wait_days as integer)) as waited_until,
        installment.due_date,
        installment.starts_on,
        installment.start_until,
        installment.period_months,
        rule.* exclude (levy_kind, from_date, to_date),
        rule.levy_kind is null as has_no_rule
    from known
    join derived.prescription_period as installment using (notice_number, installment_no)
    left join later_demand
        on later_demand.notice_number = known.notice_number
        and later_demand.installment_no = known.installment_no
        and later_demand.happened_on = known.happened_on
        and later_demand.deadline is not distinct from known.deadline
    left join early_seizure using (notice_number, installment_no)
    left join law.prescription_event_kind as event_kind using (kind)
    left join law.attachment_end as attachment_end
        on attachment_end.end_reason = known.end_reason
        and known.happened_on between attachment_end.from_date and attachment_end.to_date
    left join law.prescription_rule as rule
        on rule.levy_kind = installment.levy_kind
        and known.happened_on between rule.from_date and rule.to_date
    left join law.levy_policy as policy
        on policy.levy_kind = installment.levy_kind
        and known.happened_on between policy.from_date and policy.to_date
),
-- later_first_day: under the later reading; months (and days): how long from there; null where an event moves no date
effect as (
    select
        installment_id,
        if(has_no_rule, error('prescription.toml: ' || happened_on || ' の値がありません。その日を含む項目を足してください。'), happened_on) as happened_on,
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
        cast(kind in ('天災', '差押') or (kind = '交付要求' and distribution_claim_holds) as integer) as holds,
        cast(kind in ('徴収猶予', '換価猶予') and deferral_pauses as integer) as pauses,
        kind = '承認' and not is_confirmed as is_doubtful,
        kind = '督促返戻' or (kind = '交付要求' and not distribution_claim_renews)
            or (kind in ('徴収猶予', '換価猶予') and not deferral_pauses) as needs_person
    from event
    union all by name
    select
        installment_id,
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
        -cast(kind in ('天災', '差押') or (kind = '交付要求' and distribution_claim_holds) as integer) as holds,
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
)
select
    installment_id,
    starts_on,
    start_until,
    happened_on,
    rank,
    kind,
    first_day,
    until,
    later_until,
    renews,
    holds,
    pauses,
    is_doubtful,
    needs_person
from dated
