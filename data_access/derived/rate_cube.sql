-- grain: fiscal year × 現年/滞繰 × levy year × installment number × district × payment method
-- 現年 = assessed in the year itself; 滞繰 = what was still open when the year began. Both are judged by the
-- 会計年度 of each receipt, so the 出納整理期間 (to 5/31) belongs to the year before (地方自治法235条の5).
create or replace table derived.rate_cube as
with by_year as (
    select
        notice_number,
        installment_no,
        fiscal_year,
        sum(principal_yen)::bigint as received_yen,
        -- the same day of each year, so that this year's progress is compared with like
        sum(principal_yen) filter (
            where booked_on <= getvariable('as_of') - to_years((getvariable('fiscal_year') - fiscal_year)::integer)
        )::bigint as received_same_day_yen
    from source.receipt
    group by all
), written as (
    select notice_number, installment_no, fiscal_year, sum(written_off_yen)::bigint as written_off_yen
    from source.write_off
    group by all
), in_own_year as (
    select
        balance.*,
        balance.assessment_fiscal_year as fiscal_year,
        balance.assessed_yen as opening_yen,
        coalesce(by_year.received_yen, 0) as year_received_yen,
        coalesce(by_year.received_same_day_yen, 0) as same_day_yen,
        coalesce(written.written_off_yen, 0) as year_written_off_yen
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
    where opening_yen > year_received_yen + year_written_off_yen
      and assessment_fiscal_year < getvariable('fiscal_year')
), later_year as (
    select
        carried.* exclude (fiscal_year, opening_yen, year_received_yen, same_day_yen, year_written_off_yen),
        later.fiscal_year,
        carried.opening_yen - carried.year_received_yen - carried.year_written_off_yen as carried_yen,
        coalesce(by_year.received_yen, 0) as year_received_yen,
        coalesce(by_year.received_same_day_yen, 0) as same_day_yen,
        coalesce(written.written_off_yen, 0) as year_written_off_yen
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
        carried_yen - coalesce(sum(year_received_yen + year_written_off_yen) over (
            partition by notice_number, installment_no order by fiscal_year
            rows between unbounded preceding and 1 preceding), 0)::bigint as opening_yen
    from later_year
), every_year as (
    select *, '現年' as year_class from in_own_year
    union all by name
    select *, '滞繰' as year_class from brought_forward where opening_yen > 0
)
select
    every_year.fiscal_year,
    every_year.year_class,
    every_year.levy_year,
    every_year.installment_no,
    place.district_code,
    place.district_name,
    every_year.payment_method,
    count(*) as installment_count,
    sum(opening_yen)::bigint as assessed_yen,
    coalesce(sum(opening_yen) filter (where place.is_whereabouts_unknown), 0)::bigint as whereabouts_unknown_yen,
    sum(year_received_yen)::bigint as received_yen,
    sum(same_day_yen)::bigint as received_same_day_yen,
    sum(greatest(year_received_yen + year_written_off_yen - opening_yen, 0))::bigint as refund_due_yen,
    sum(year_written_off_yen)::bigint as written_off_yen,
    sum(greatest(opening_yen - year_received_yen - year_written_off_yen, 0))::bigint as unpaid_yen
from every_year
join derived.place as place using (atena_number)
group by all
order by all
