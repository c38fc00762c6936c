-- grain: one installment of one 執行停止 (is_immediate: with 即時消滅): the old system's by its number, the ledger's by the event_id of its 決裁. It ends
-- on cancelled_on: as the old system says, or by the first 取消 of that installment in the ledger after it, whichever is earlier.
create or replace table derived.suspension_installment as
with written as (
    select
        kind,
        seq,
        event_id,
        occurred_on,
        payload ->> '$.ground' as ground,
        coalesce((payload ->> '$.is_immediate')::boolean, false) as is_immediate,
        unnest(json_extract(payload, '$.installments[*]')) as installment
    from derived.entry
    where kind in ('suspension_decision', 'suspension_cancellation')
), each_written as (
    select
        * exclude (installment),
        installment ->> '$.notice_number' as notice_number,
        installment ->> '$.installment_no' as installment_no
    from written
), stopped as (
    select
        suspension.suspension_number,
        scope.notice_number,
        scope.installment_no,
        suspension.ground,
        suspension.decided_on,
        suspension.cancelled_on,
        false as is_immediate,
        0 as seq
    from source.suspension as suspension
    join source.suspension_installment as scope using (suspension_number)
    union all by name
    select event_id as suspension_number, notice_number, installment_no, ground, occurred_on as decided_on, is_immediate, seq
    from each_written
    where kind = 'suspension_decision'
)
select
    stopped.suspension_number,
    stopped.notice_number,
    stopped.installment_no,
    stopped.ground,
    stopped.decided_on,
    stopped.is_immediate,
    least(stopped.cancelled_on, min(ended.occurred_on)) as cancelled_on
from stopped
left join each_written as ended
    on ended.kind = 'suspension_cancellation'
    and ended.notice_number = stopped.notice_number
    and ended.installment_no = stopped.installment_no
    and ended.occurred_on >= stopped.decided_on
    and ended.seq > stopped.seq
group by stopped.suspension_number, stopped.notice_number, stopped.installment_no, stopped.ground, stopped.decided_on, stopped.is_immediate, stopped.cancelled_on
