-- grain: one installment × fiscal year in which it is counted: 現年 in the year that assessed it, 滞繰 in each later year that opens with
-- some of it still owed. Each receipt and write-off by its own 会計年度, so that the 出納整理期間 (to 5/31) belongs to the year before
-- (地方自治法235条の5). same_day: booked up to the same day of that year. same_day_opening_yen: what stood as 調定 on that day: nothing
-- before its 通知, and the 更正 that came later taken back (source.assessment_history), so that a year is compared with like.
-- spring: the same, one year on: in April and May the same day of the year's own 出納整理期間 (later, when it is over).
create or replace table derived.rate_year as
with by_year as (
    select
        notice_number,
        installment_no,
        fiscal_year,
        sum(principal_yen)::bigint as received_yen,
        sum(principal_yen) filter (
            where booked_on <= getvariable('as_of') - to_years((getvariable('fiscal_year') - fiscal_year)::integer)
        )::bigint as same_day_yen,
        sum(principal_yen) filter (
            where booked_on <= getvariable('as_of') - to_years((getvariable('fiscal_year') - fiscal_year - 1)::integer)
        )::bigint as spring_yen
    from source.receipt
    group by all
), written as (
    select notice_number, installment_no, fiscal_year, sum(written_off_yen)::bigint as written_off_yen
    from source.write_off
    group by all
), in_own_year as (
    select
        balance.notice_number,
        balance.installment_no,
        balance.atena_number,
        balance.levy_year,
        balance.assessment_fiscal_year,
        balance.payment_method,
        balance.due_date,
        balance.assessment_fiscal_year as fiscal_year,
        balance.assessed_yen as opening_yen,
        coalesce(by_year.received_yen, 0) as received_yen,
        coalesce(by_year.same_day_yen, 0) as same_day_yen,
        coalesce(by_year.spring_yen, 0) as spring_yen,
        coalesce(written.written_off_yen, 0) as written_off_yen
    from derived.balance as balance
    left join by_year
        on by_year.notice_number = balance.notice_number and by_year.installment_no = balance.installment_no
        and by_year.fiscal_year = balance.assessment_fiscal_year
    left join written
        on written.notice_number = balance.notice_number and written.installment_no = balance.installment_no
        and written.fiscal_year = balance.assessment_fiscal_year
), carried as (
    select *
    from in_own_year
    where opening_yen > received_yen + written_off_yen
      and assessment_fiscal_year < getvariable('fiscal_year')
), later_year as (
    select
        carried.* exclude (fiscal_year, opening_yen, received_yen, same_day_yen, spring_yen, written_off_yen),
        later.fiscal_year,
        carried.opening_yen - carried.received_yen - carried.written_off_yen as carried_yen,
        coalesce(by_year.received_yen, 0) as received_yen,
        coalesce(by_year.same_day_yen, 0) as same_day_yen,
        coalesce(by_year.spring_yen, 0) as spring_yen,
        coalesce(written.written_off_yen, 0) as written_off_yen
    from carried
    cross join (select unnest(generate_series(
        (select min(assessment_fiscal_year) from carried) + 1, getvariable('fiscal_year')))::integer as fiscal_year) as later
    left join by_year
        on by_year.notice_number = carried.notice_number and by_year.installment_no = carried.installment_no
        and by_year.fiscal_year = later.fiscal_year
    left join written
        on written.notice_number = carried.notice_number and written.installment_no = carried.installment_no
        and written.fiscal_year = later.fiscal_year
    where later.fiscal_year > carried.assessment_fiscal_year
), brought_forward as (
    select
        * exclude (carried_yen),
        carried_yen - coalesce(sum(received_yen + written_off_yen) over (
            partition by notice_number, installment_no order by fiscal_year
            rows between unbounded preceding and 1 preceding), 0)::bigint as opening_yen
    from later_year
), every_year as (
    select *, '現年' as year_class from in_own_year
    union all by name
    select *, '滞繰' as year_class from brought_forward where opening_yen > 0
), corrected_later as (
    select
        every_year.notice_number,
        every_year.installment_no,
        every_year.fiscal_year,
        sum(history.after_yen - history.before_yen)::bigint as changed_yen,
        sum(history.after_yen - history.before_yen) filter (
            where history.corrected_on > getvariable('as_of') - to_years((getvariable('fiscal_year') - every_year.fiscal_year - 1)::integer)
        )::bigint as changed_since_spring_yen
    from every_year
    join source.assessment_history as history using (notice_number, installment_no)
    where history.corrected_on > getvariable('as_of') - to_years((getvariable('fiscal_year') - every_year.fiscal_year)::integer)
    group by all
)
select
    every_year.*,
    case
        when every_year.year_class = '現年'
            and assessment.notified_on > getvariable('as_of') - to_years((getvariable('fiscal_year') - every_year.fiscal_year)::integer) then 0
        else greatest(every_year.opening_yen - coalesce(corrected_later.changed_yen, 0), 0)
    end::bigint as same_day_opening_yen,
    case
        when every_year.year_class = '現年'
            and assessment.notified_on > getvariable('as_of') - to_years((getvariable('fiscal_year') - every_year.fiscal_year - 1)::integer) then 0
        else greatest(every_year.opening_yen - coalesce(corrected_later.changed_since_spring_yen, 0), 0)
    end::bigint as spring_opening_yen,
    greatest(every_year.received_yen + every_year.written_off_yen - every_year.opening_yen, 0)::bigint as refund_due_yen,
    greatest(every_year.opening_yen - every_year.received_yen - every_year.written_off_yen, 0)::bigint as unpaid_yen
from every_year
join source.annual_assessment as assessment using (notice_number)
left join corrected_later using (notice_number, installment_no, fiscal_year)
