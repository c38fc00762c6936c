-- grain: one promised payment of an installment plan
-- The old system tells what was paid on each. For a plan of the ledger, what came in on its installments since the
-- pledge (until it was cancelled) pays the parts in their order; a part is paid on the day the money reached it.
create or replace table derived.installment_plan_part as
with promised as (
    select
        event_id as plan_number,
        unnest(json_extract(payload, '$.parts[*]')) as part,
        generate_subscripts(json_extract(payload, '$.parts[*]'), 1) as part_no
    from derived.entry
    where kind = 'installment_plan'
), reached as (
    select
        plan_number,
        part_no,
        (part ->> '$.promised_on')::date as promised_on,
        (part ->> '$.promised_yen')::bigint as promised_yen,
        sum(promised_yen) over (partition by plan_number order by part_no) as through_yen
    from promised
), received as (
    select plan_number, receipt.received_on, sum(receipt.principal_yen) as yen
    from derived.installment_plan as plan
    join derived.entry as entry on entry.event_id = plan.plan_number
    join derived.installment_plan_scope as scope using (plan_number)
    join source.receipt as receipt using (notice_number, installment_no)
    where receipt.received_on >= plan.pledged_on and receipt.received_on <= coalesce(plan.cancelled_on, 'infinity')
    group by all
), so_far as (
    select plan_number, received_on, sum(yen) over (partition by plan_number order by received_on) as paid_yen, sum(yen) over (partition by plan_number) as whole_yen
    from received
)
select plan_number, part_no, promised_on, promised_yen, paid_on, paid_yen
from source.installment_plan_part
union all by name
select
    reached.plan_number,
    reached.part_no,
    any_value(reached.promised_on) as promised_on,
    any_value(reached.promised_yen) as promised_yen,
    min(so_far.received_on) filter (where so_far.paid_yen >= reached.through_yen) as paid_on,
    greatest(0, least(any_value(reached.promised_yen),
        coalesce(any_value(so_far.whole_yen), 0) - any_value(reached.through_yen) + any_value(reached.promised_yen)))::bigint as paid_yen
from reached
left join so_far using (plan_number)
group by reached.plan_number, reached.part_no
