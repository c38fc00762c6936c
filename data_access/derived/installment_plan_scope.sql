-- grain: one installment that an installment plan covers
create or replace table derived.installment_plan_scope as
with covered as (
    select event_id as plan_number, unnest(json_extract(payload, '$.installments[*]')) as installment
    from derived.entry
    where kind = 'installment_plan'
)
select plan_number, notice_number, installment_no
from source.installment_plan_scope
union all by name
select plan_number, installment ->> '$.notice_number' as notice_number, installment ->> '$.installment_no' as installment_no
from covered
