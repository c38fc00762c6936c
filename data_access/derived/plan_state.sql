-- grain: one installment plan (分納): kept, broken, finished or cancelled at the snapshot's date
create or replace table derived.plan_state as
with part as (
    select
        plan_number,
        sum(paid_yen)::bigint as paid_yen,
        sum(promised_yen - paid_yen) filter (where promised_on < getvariable('as_of') and paid_yen < promised_yen)::bigint as missed_yen,
        min(promised_on) filter (where promised_on < getvariable('as_of') and paid_yen < promised_yen) as missed_on,
        max(promised_on) filter (where promised_on < getvariable('as_of') and paid_yen < promised_yen) as last_missed_on,
        count(*) filter (where promised_on < getvariable('as_of') and paid_yen < promised_yen) as missed_count,
        min(promised_on) filter (where promised_on >= getvariable('as_of') and paid_yen < promised_yen) as next_promised_on,
        arg_min(promised_yen, promised_on) filter (where promised_on >= getvariable('as_of') and paid_yen < promised_yen) as next_promised_yen,
        max(promised_on) as last_promised_on
    from derived.installment_plan_part
    group by plan_number
)
select
    plan.plan_number,
    plan.atena_number,
    plan.pledged_on,
    plan.is_written,
    plan.planned_yen,
    coalesce(part.paid_yen, 0) as paid_yen,
    coalesce(part.missed_yen, 0) as missed_yen,
    part.missed_on,
    part.last_missed_on,
    coalesce(part.missed_count, 0) as missed_count,
    part.next_promised_on,
    part.next_promised_yen,
    part.last_promised_on,
    case
        when plan.cancelled_on is not null then '取消'
        when coalesce(part.paid_yen, 0) >= plan.planned_yen then '完納'
        when part.missed_on is not null then '不履行'
        else '履行中'
    end as plan_state
from derived.installment_plan as plan
left join part using (plan_number)
