-- grain: 調定年度 × 科目 × 会計年度 of which 繰越額 is not what was unpaid when the year before ended
-- Only years for which a 繰越 came are asked. 更正 after 3/31 belongs to the next year, and so does what was received in it.
-- Most 期別 were paid in full within their own year and never touched again: they are left out before the years are counted.
with notice as (
    select notice_number, assessment_fiscal_year, levy_kind, notified_on
    from {annual_assessment}
),
change as (
    select notice_number, installment_no, fiscal_year, principal_yen as yen from {receipt}
    union all
    select notice_number, installment_no, fiscal_year, written_off_yen from {write_off}
),
gone as (
    select notice_number, installment_no, fiscal_year, sum(yen) as yen
    from change
    group by all
),
settled as (
    select notice_number, installment_no, any_value(fiscal_year) as fiscal_year, any_value(yen) as yen
    from gone
    group by all
    having count(*) = 1
),
lasting as (
    select installment.notice_number, installment.installment_no, installment.assessed_yen,
           notice.assessment_fiscal_year, notice.levy_kind, notice.notified_on
    from {installment} as installment
    join notice using (notice_number)
    left join settled using (notice_number, installment_no)
    where installment.assessed_yen is distinct from settled.yen
        or settled.fiscal_year <> notice.assessment_fiscal_year
        or (installment.notice_number, installment.installment_no) in (select (notice_number, installment_no) from {assessment_history})
),
closed as (
    select distinct fiscal_year from {carry_over}
),
balance as (
    select lasting.*, closed.fiscal_year, opening.opens_on as closes_before
    from lasting
    join closed on lasting.assessment_fiscal_year < closed.fiscal_year
    join law.fiscal_year as opening on opening.fiscal_year = closed.fiscal_year
    where lasting.notified_on < opening.opens_on
),
corrected as (
    select balance.notice_number, balance.installment_no, balance.fiscal_year,
           arg_min(history.before_yen, (history.corrected_on, history.correction_number)) as assessed_yen
    from balance
    join {assessment_history} as history using (notice_number, installment_no)
    where history.corrected_on >= balance.closes_before
    group by all
),
paid as (
    select balance.notice_number, balance.installment_no, balance.fiscal_year, sum(gone.yen) as yen
    from balance
    join gone
        on gone.notice_number = balance.notice_number
        and gone.installment_no = balance.installment_no
        and gone.fiscal_year < balance.fiscal_year
    group by all
),
expected as (
    select balance.assessment_fiscal_year, balance.levy_kind, balance.fiscal_year,
           sum(greatest(0, coalesce(corrected.assessed_yen, balance.assessed_yen) - coalesce(paid.yen, 0))) as yen
    from balance
    left join corrected using (notice_number, installment_no, fiscal_year)
    left join paid using (notice_number, installment_no, fiscal_year)
    group by all
)
select assessment_fiscal_year, levy_kind, fiscal_year, coalesce(expected.yen, 0) - coalesce(carry_over.carried_yen, 0) as difference_yen
from {carry_over} as carry_over
full join expected using (assessment_fiscal_year, levy_kind, fiscal_year)
where coalesce(carry_over.carried_yen, 0) <> coalesce(expected.yen, 0)
  and assessment_fiscal_year > {erased_year}
