-- derived/rate_year.sql for PostgreSQL: one installment × fiscal year in which it is counted, from every receipt and write-off
with moved as (
    select notice_number, installment_no, fiscal_year, sum(received_yen) as received_yen, sum(written_off_yen) as written_off_yen
    from (
        select notice_number, installment_no, fiscal_year, principal_yen as received_yen, 0 as written_off_yen from receipt
        union all
        select notice_number, installment_no, fiscal_year, 0, written_off_yen from write_off
    ) as each_move
    group by notice_number, installment_no, fiscal_year
), in_own_year as (
    select
        installment.notice_number,
        installment.installment_no,
        assessment.atena_number,
        assessment.levy_year,
        assessment.assessment_fiscal_year as fiscal_year,
        installment.assessed_yen as opening_yen,
        coalesce(moved.received_yen, 0) as received_yen,
        coalesce(moved.written_off_yen, 0) as written_off_yen
    from installment
    join annual_assessment as assessment using (notice_number)
    left join moved
        on moved.notice_number = installment.notice_number
        and moved.installment_no = installment.installment_no
        and moved.fiscal_year = assessment.assessment_fiscal_year
), later_year as (
    select
        own.notice_number,
        own.installment_no,
        own.atena_number,
        own.levy_year,
        later.fiscal_year,
        own.opening_yen - own.received_yen - own.written_off_yen - coalesce(sum(moved.received_yen + moved.written_off_yen) over (
            partition by own.notice_number, own.installment_no order by later.fiscal_year
            rows between unbounded preceding and 1 preceding), 0) as opening_yen,
        coalesce(moved.received_yen, 0) as received_yen,
        coalesce(moved.written_off_yen, 0) as written_off_yen
    from in_own_year as own
    cross join lateral generate_series(own.fiscal_year + 1, %(fiscal_year)s) as later(fiscal_year)
    left join moved
        on moved.notice_number = own.notice_number
        and moved.installment_no = own.installment_no
        and moved.fiscal_year = later.fiscal_year
    where own.opening_yen > own.received_yen + own.written_off_yen
), rate_year as (
    select *, '現年' as year_class from in_own_year
    union all
    select *, '滞繰' from later_year where opening_yen > 0
)
