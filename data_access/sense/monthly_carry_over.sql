-- grain: 調定年度 × 科目 of which the newest 月次繰越額 is not what was unpaid when that month ended
-- Only what is still unpaid, or was paid, written off or corrected since, can have been unpaid then: the rest is left out.
with month as (
    select max(carried_on) as carried_on from {monthly_carry_over}
),
later as (
    select notice_number, installment_no from {receipt}, month where booked_on > carried_on
    union
    select notice_number, installment_no from {write_off}, month where written_off_on > carried_on
    union
    select notice_number, installment_no from {assessment_history}, month where corrected_on > carried_on
),
candidate as (
    select installment.notice_number, installment.installment_no, installment.assessed_yen, notice.assessment_fiscal_year, notice.levy_kind
    from {installment} as installment
    join {annual_assessment} as notice using (notice_number)
    cross join month
    where notice.notified_on <= month.carried_on
        and (installment.stored_unpaid_yen > 0 or (installment.notice_number, installment.installment_no) in (select (notice_number, installment_no) from later))
),
change as (
    select notice_number, installment_no, principal_yen as yen from {receipt}, month where booked_on <= carried_on
    union all
    select notice_number, installment_no, written_off_yen from {write_off}, month where written_off_on <= carried_on
),
gone as (
    select notice_number, installment_no, sum(yen) as yen
    from change
    semi join candidate using (notice_number, installment_no)
    group by all
),
corrected as (
    select notice_number, installment_no, arg_min(before_yen, (corrected_on, correction_number)) as assessed_yen
    from {assessment_history}, month
    where corrected_on > carried_on
    group by all
),
expected as (
    select candidate.assessment_fiscal_year, candidate.levy_kind,
           sum(greatest(0, coalesce(corrected.assessed_yen, candidate.assessed_yen) - coalesce(gone.yen, 0))) as yen
    from candidate
    left join corrected using (notice_number, installment_no)
    left join gone using (notice_number, installment_no)
    group by all
),
stated as (
    select carry_over.* from {monthly_carry_over} as carry_over join month using (carried_on)
)
select assessment_fiscal_year, levy_kind, coalesce(expected.yen, 0) - coalesce(stated.carried_yen, 0) as difference_yen
from stated
full join expected using (assessment_fiscal_year, levy_kind)
where coalesce(stated.carried_yen, 0) <> coalesce(expected.yen, 0)
  and assessment_fiscal_year > {erased_year}
