-- grain: fiscal year × 現年/滞繰 × 相当年度 × month of booking × district: what came in, month by month
create or replace table derived.rate_month as
select
    receipt.fiscal_year,
    case when assessment.assessment_fiscal_year = receipt.fiscal_year then '現年' else '滞繰' end as year_class,
    assessment.levy_year,
    date_trunc('month', receipt.booked_on)::date as booked_month,
    place.district_code,
    place.district_name,
    sum(receipt.principal_yen)::bigint as received_yen,
    count(*) as receipt_count
from source.receipt as receipt
join source.annual_assessment as assessment using (notice_number)
join derived.place as place using (atena_number)
-- 過年度に納め過ぎた分の還付は歳出であり、その年度の収納を減らさない
where assessment.assessment_fiscal_year <= receipt.fiscal_year
  and not (assessment.assessment_fiscal_year < receipt.fiscal_year and receipt.receipt_kind = '還付')
group by all
order by all
