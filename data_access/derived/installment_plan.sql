-- grain: one installment plan (分納): the old system's by its number, the ledger's by its event_id
create or replace table derived.installment_plan as
with cancelled as (
    select payload ->> '$.plan' as plan_number, occurred_on as cancelled_on
    from derived.entry
    where kind = 'plan_cancellation'
)
select plan_number, atena_number, pledged_on, is_written, planned_yen, cancelled_on
from source.installment_plan
union all by name
select
    entry.event_id as plan_number,
    entry.atena_number,
    entry.occurred_on as pledged_on,
    (entry.payload ->> '$.is_written')::boolean as is_written,
    list_sum(json_extract(entry.payload, '$.parts[*].promised_yen')::bigint[])::bigint as planned_yen,
    cancelled.cancelled_on
from derived.entry as entry
left join cancelled on cancelled.plan_number = entry.event_id
where entry.kind = 'installment_plan'
