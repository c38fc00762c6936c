-- What the city has lost: installments that are booked as 不納欠損, and those that may be (write_off_candidate, first reason).
-- grain: one installment, booked or waiting. age_years: whole years from the 納期限 to the end. kept_chance: of what 時効 ended,
-- what was missed (law/write_off.py explains one). The day of the booking stands for the end where it is booked. district_code and
-- district_name: the person's in derived.place, kept here so that a question need not look through everybody; null of whom there is none.
create or replace table derived.lost_installment as
with lost as (
    select notice_number, installment_no, true as is_booked, fiscal_year, reason as booked_as, written_off_yen as yen, written_off_on as ended_on
    from source.write_off
    union all by name
    select
        notice_number,
        installment_no,
        false as is_booked,
        getvariable('fiscal_year') as fiscal_year,
        candidate.booked_as,
        case_installment.unpaid_yen as yen,
        coalesce(candidate.extinct_on, getvariable('as_of')) as ended_on
    from derived.write_off_candidate as candidate
    join derived.case_installment as case_installment using (notice_number, installment_no)
    where candidate.is_first
),
known as (
    select
        lost.*,
        balance.atena_number,
        balance.due_date,
        balance.assessment_fiscal_year,
        cast(policy.prescription_years * 12 as integer) as months,
        cast(balance.due_date + 1 + to_months(months) as date) as anniversary,
        anniversary - cast(day(anniversary) = day(balance.due_date + 1) as integer) as first_period_until
    from lost
    join derived.balance as balance using (notice_number, installment_no)
    left join law.levy_policy as policy
        on policy.levy_kind = balance.levy_kind
        and balance.due_date between policy.from_date and policy.to_date
),
demanded as (
    select distinct notice_number, installment_no
    from source.demand as demand
    join known using (notice_number, installment_no)
    where demand.issued_on <= first_period_until
        and (demand.withdrawn_on is null or demand.withdrawn_on > getvariable('as_of'))
),
try as (
    select scope.notice_number, scope.installment_no, plan.pledged_on as tried_on
    from derived.installment_plan as plan
    join derived.installment_plan_scope as scope using (plan_number)
    union all
    select notice_number, installment_no, received_on
    from source.receipt
    where principal_yen > 0
    union all
    select scope.notice_number, scope.installment_no, disposition.took_effect_on
    from source.disposition as disposition
    join source.disposition_installment as scope using (disposition_number)
    where disposition.disposition_kind = '差押'
    union all
    select scope.notice_number, scope.installment_no, document.dispatched_on
    from source.document as document
    join source.document_installment as scope using (document_number)
    where document.is_reminder and document.undelivered_on is null
    union all
    select installment ->> '$.notice_number', installment ->> '$.installment_no', occurred_on
    from (
        select occurred_on, unnest(json_extract(payload, '$.installments[*]')) as installment
        from derived.entry
        where kind = 'reminder'
    )
),
dated as (
    select
        known.notice_number,
        known.installment_no,
        known.ended_on,
        try.tried_on,
        cast(try.tried_on + 1 + to_months(known.months) as date) as renewed_until,
        renewed_until - cast(day(renewed_until) = day(try.tried_on + 1) as integer) as would_reach
    from try
    join known using (notice_number, installment_no)
),
tried as (
    select distinct notice_number, installment_no
    from dated
    where tried_on < ended_on and ended_on <= would_reach
),
stopped as (
    select distinct notice_number, installment_no
    from derived.suspension_installment as suspension
    join known using (notice_number, installment_no)
    where suspension.decided_on < known.ended_on
        and (suspension.cancelled_on is null or suspension.cancelled_on >= known.ended_on)
)
select
    known.atena_number,
    known.notice_number,
    known.installment_no,
    known.is_booked,
    known.fiscal_year,
    if(known.assessment_fiscal_year = known.fiscal_year, '現年', '滞繰') as year_class,
    known.booked_as,
    known.yen,
    known.ended_on,
    (year(known.ended_on) - year(known.due_date)
        - cast((month(known.ended_on), day(known.ended_on)) < (month(known.due_date), day(known.due_date)) as integer))::integer as age_years,
    case
        when known.booked_as <> '時効' then null
        when stopped.notice_number is not null then '停止中'
        when demanded.notice_number is null then '督促なし'
        when tried.notice_number is null then '更新なし'
        else '手を打った'
    end as kept_chance,
    place.district_code,
    place.district_name
from known
left join derived.place as place using (atena_number)
left join demanded using (notice_number, installment_no)
left join tried using (notice_number, installment_no)
left join stopped using (notice_number, installment_no)
order by known.atena_number, known.notice_number, known.installment_no, known.is_booked
