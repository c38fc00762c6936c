-- 不納欠損の候補: why an overdue, unpaid installment may be written off on as_of (law/write_off.py explains one).
-- grain: one installment × reason. extinct_on: first day on which the claim is gone, null for a 即時消滅 that is not decided
-- yet. needs_person: somebody has to confirm it. is_first: the reason that came first; it books the installment once.
create or replace table derived.write_off_candidate as
with renounced as (
    select atena_number, max(renounced_on) as renounced_on
    from source.heir
    group by atena_number
    having count(renounced_on) = count(*)
),
ended as (
    select atena_number, notice_number, installment_no, levy_kind, 'C' as code, extinct_from as extinct_on,
        needs_person or later_reading_on >= getvariable('as_of') as needs_person, null::varchar as ground
    from derived.case_installment
    where is_overdue and not is_held and extinct_from <= getvariable('as_of')
    union all by name
    select atena_number, notice_number, installment_no, levy_kind, 'A' as code, three_years_on + 1 as extinct_on, false as needs_person
    from derived.case_installment
    where is_overdue and three_years_on < getvariable('as_of')
    union all by name
    select atena_number, notice_number, installment_no, levy_kind, 'B' as code, suspended_on as extinct_on, false as needs_person
    from derived.case_installment
    where is_overdue and is_extinguished
    union all by name
    select atena_number, notice_number, installment_no, levy_kind, 'B' as code, true as needs_person, suspension_ground as ground
    from derived.case_installment
    join renounced using (atena_number)
    where is_overdue and not is_extinguished and renounced_on <= getvariable('as_of') and suspension_ground is not null
)
select
    ended.atena_number,
    ended.notice_number,
    ended.installment_no,
    ended.code,
    reason.booked_as,
    ended.extinct_on,
    ended.needs_person,
    row_number() over (
        partition by ended.notice_number, ended.installment_no order by ended.extinct_on nulls last, ended.code) = 1 as is_first,
    reason.article
from ended
join law.write_off_reason as reason
    on reason.code = ended.code
    and reason.levy_kind = ended.levy_kind
    and coalesce(ended.extinct_on, getvariable('as_of')) between reason.from_date and reason.to_date
where ended.ground is null or ended.ground = reason.ground
order by ended.atena_number, ended.notice_number, ended.installment_no, ended.extinct_on nulls last, ended.code
