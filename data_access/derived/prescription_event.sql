-- grain: one event that touches the 時効 of one open installment
-- 承認 by part payment is not confirmed by itself (最判令和2年6月26日): until a person confirms, the earlier date stands.
-- deadline: 督促の指定期限, or the end agreed for 協議. 交付要求 (参加差押 is one) is taken as notified on the day of the 処分.
-- 催告: every letter that is one in law and was not returned (民法97条); which of them hold, the law's rule says (150条2項).
-- A 猶予 is an event of its own, and its application acknowledges the debt once a person confirms it (民法152条).
-- ground: by what a debt was acknowledged (承認). record: where the event is written down.
create or replace table derived.prescription_event as
with demanded as (
    -- one that came back counts from the day of 再発送 or 公示送達; with neither it renews nothing, and a person looks at it
    select
        notice_number,
        installment_no,
        if(served_on is null, '督促返戻', '督促') as kind,
        coalesce(served_on, returned_on) as happened_on,
        designated_deadline as deadline,
        if(served_on is null, way, null) as ground,
        '督促 ' || notice_number || '-' || installment_no || if(returned_on is null or served_on is null, '', '（' || way || '）') as record
    from derived.demand_service
), pledged as (
    select scope.notice_number, scope.installment_no, '承認' as kind, plan.pledged_on as happened_on, plan.is_written as is_confirmed,
        '分納誓約' as ground, '分納 ' || plan_number as record
    from derived.installment_plan as plan
    join derived.installment_plan_scope as scope using (plan_number)
), cancelled as (
    -- what a 取消 takes back: as many of the latest equal payments, received no later than it
    select receipt.receipt_number
    from source.receipt as receipt
    join (
        select notice_number, installment_no, yen, received_on, count(*) as times
        from (
            select undone.notice_number, undone.installment_no, -undone.principal_yen as yen, max(paid.received_on) as received_on
            from source.receipt as undone
            join source.receipt as paid
                on paid.notice_number = undone.notice_number
                and paid.installment_no = undone.installment_no
                and paid.principal_yen = -undone.principal_yen
                and paid.received_on <= undone.received_on
            where undone.receipt_kind = '取消' and undone.principal_yen < 0
            group by undone.receipt_number, undone.notice_number, undone.installment_no, undone.principal_yen
        )
        group by all
    ) as undone
        on undone.notice_number = receipt.notice_number
        and undone.installment_no = receipt.installment_no
        and undone.yen = receipt.principal_yen
        and undone.received_on = receipt.received_on
    qualify row_number() over (
        partition by receipt.notice_number, receipt.installment_no, receipt.principal_yen, receipt.received_on
        order by receipt.receipt_number
    ) <= undone.times
), part_paid as (
    select notice_number, installment_no, '承認' as kind, received_on as happened_on, false as is_confirmed,
        '一部納付' as ground, '収納 ' || receipt_number as record
    from source.receipt as receipt
    anti join cancelled using (receipt_number)
    -- what is no act of the debtor acknowledges nothing (prescription.toml)
    anti join law.not_acknowledgement as act
        on receipt.received_on between act.from_date and act.to_date
        and act.receipt in (receipt.receipt_kind, receipt.channel)
    where principal_yen > 0
), seized as (
    select
        scope.notice_number,
        scope.installment_no,
        if(disposition.disposition_kind = '差押', '差押', '交付要求') as kind,
        disposition.took_effect_on as happened_on,
        disposition.ended_on,
        disposition.end_reason,
        '処分 ' || disposition_number as record
    from source.disposition as disposition
    join source.disposition_installment as scope using (disposition_number)
), claimed as (
    -- 催告 that officers sent from here
    select installment ->> '$.notice_number' as notice_number, installment ->> '$.installment_no' as installment_no, '催告' as kind,
        happened_on, '催告 ' || event_id as record
    from (
        select event_id, occurred_on as happened_on, unnest(json_extract(payload, '$.installments[*]')) as installment
        from derived.entry
        where kind = 'reminder' and (payload ->> '$.is_claim')::boolean
    )
), graced as (
    select notice_number, installment_no, event_kind as kind, from_date as happened_on, runs_to as ended_on,
        '猶予 ' || grace_number as record
    from derived.grace_span
), applied as (
    select scope.notice_number, scope.installment_no, '承認' as kind, grace.applied_on as happened_on, grace.is_acknowledged as is_confirmed,
        '猶予申請' as ground, '猶予 ' || grace_number as record
    from source.grace as grace
    join source.grace_installment as scope using (grace_number)
    where grace.applied_on is not null
), reminded as (
    select scope.notice_number, scope.installment_no, '催告' as kind, document.dispatched_on as happened_on,
        '文書 ' || document_number as record
    from source.document as document
    join source.document_installment as scope using (document_number)
    where document.is_reminder and document.dispatched_on is not null and document.undelivered_on is null
), agreed as (
    select
        scope.notice_number,
        scope.installment_no,
        '協議' as kind,
        document.drawn_up_on as happened_on,
        document.refused_on as ended_on,
        document.deadline,
        '文書 ' || document_number as record
    from source.document as document
    join source.document_installment as scope using (document_number)
    where document.document_kind = '協議合意書'
), every_event as (
    select *, null::date as ended_on, null::varchar as end_reason, true as is_confirmed from demanded
    union all by name
    from pledged
    union all by name
    from part_paid
    union all by name
    select *, true as is_confirmed from seized
    union all by name
    select *, true as is_confirmed from claimed
    union all by name
    from applied
    union all by name
    select *, true as is_confirmed from graced
    union all by name
    select *, true as is_confirmed from reminded
    union all by name
    select *, true as is_confirmed from agreed
)
select
    every_event.notice_number, every_event.installment_no, kind, happened_on, ended_on, end_reason, is_confirmed, deadline,
    ground, record
from every_event
semi join derived.open_installment using (notice_number, installment_no)
where happened_on <= getvariable('as_of')
