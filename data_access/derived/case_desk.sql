-- grain: one delinquent: who is in charge of the case (所属別担当), and the last 催告書 or 差押予告書 that went out to them
create or replace table derived.case_desk as
with in_charge as (
    select atena_number, arg_max(in_charge, (from_date, caseload_number)) as in_charge
    from source.caseload
    where from_date <= getvariable('as_of') and coalesce(to_date >= getvariable('as_of'), true)
    group by atena_number
), reminded as (
    select atena_number, max(happened_on) as reminded_on
    from (
        select atena_number, dispatched_on as happened_on from source.document
        where document_kind in ('催告書', '差押予告書') and undelivered_on is null
        union all
        select atena_number, occurred_on from derived.entry where kind = 'reminder'
    )
    where happened_on <= getvariable('as_of')
    group by atena_number
)
select delinquent.atena_number, in_charge.in_charge, reminded.reminded_on
from derived.delinquent as delinquent
left join in_charge using (atena_number)
left join reminded using (atena_number)
order by delinquent.atena_number
