-- grain: one 通知書 whose levy year may be erased: nothing unpaid, no 交渉経過, no 催告, no 滞納処分 of its person,
-- and the 保管期間 over (特定個人情報保護評価書 Ⅲ-3). All 通知書 of a person and levy year go together.
-- 督促 counts as 催告, 執行停止 as 滞納処分, money still to be refunded as open: when in doubt the rows stay.
with moved as (
    select notice_number, assessment_fiscal_year as fiscal_year from source.annual_assessment
    union all select notice_number, fiscal_year from source.receipt
    union all select notice_number, fiscal_year from source.write_off
    union all select notice_number, fiscal_year from source.overpayment
), in_use as (
    select atena_number from source.negotiation_note
    union select atena_number from written
    union select atena_number from source.document
    union select atena_number from source.entrusted_security
    union select atena_number from source.grace
    union select atena_number from source.disposition
    union select atena_number from source.suspension
    union select atena_number from derived.balance where unpaid_yen <> 0 or refund_due_yen <> 0
    union select assessment.atena_number from source.demand join source.annual_assessment as assessment using (notice_number)
    union select assessment.atena_number from named_notice join source.annual_assessment as assessment using (notice_number)
), closed as (
    select assessment.atena_number, assessment.levy_year, max(moved.fiscal_year)::integer as closed_fiscal_year
    from source.annual_assessment as assessment
    join moved using (notice_number)
    group by all
), paid as (
    select notice_number, sum(assessed_yen)::bigint as assessed_yen, sum(received_yen)::bigint as received_yen
    from derived.balance
    group by all
)
select assessment.notice_number, atena_number, levy_year, closed.closed_fiscal_year, paid.assessed_yen, paid.received_yen
from closed
join source.annual_assessment as assessment using (atena_number, levy_year)
join paid using (notice_number)
where atena_number not in (select atena_number from in_use)
  -- 出納閉鎖は会計年度の翌年5月31日
  and make_date(closed.closed_fiscal_year + 1 + getvariable('erasure_years'), 6, 1) <= getvariable('as_of')
order by notice_number
