-- grain: one open installment × 期限の種類: the day by which something ends or must be done, past ones too
-- 時効 while something holds it has no day (is_held); under 執行停止 it runs on and is told apart (15条の7第4項).
create or replace table derived.deadline as
with open_case as (
    select * from derived.case_installment where is_overdue and not is_extinguished
), ending as (
    select notice_number, installment_no, max(runs_to) as runs_to
    from derived.grace_span
    where runs_to >= getvariable('as_of')
    group by all
), every_deadline as (
    select open_case.*, '督促' as deadline_kind, demand_deadline as day from open_case where demanded_on is null
    union all by name
    select open_case.*, '時効' as deadline_kind, completes_on as day from open_case where not is_held and suspension_ground is null
    union all by name
    select open_case.*, '停止中の時効' as deadline_kind, completes_on as day from open_case where not is_held and suspension_ground is not null
    union all by name
    select open_case.*, '停止3年' as deadline_kind, three_years_on as day from open_case
    union all by name
    select open_case.*, '猶予の終わり' as deadline_kind, ending.runs_to as day from open_case join ending using (notice_number, installment_no)
    union all by name
    select open_case.*, '出納閉鎖' as deadline_kind, year.accounts_close_on as day
    from open_case
    join law.fiscal_year as year on year.fiscal_year = open_case.assessment_fiscal_year
    where year.accounts_close_on >= getvariable('as_of') and suspension_ground is null
)
select deadline_kind, day, notice_number, installment_no, atena_number, unpaid_yen
from every_deadline
where day is not null
order by deadline_kind, day, notice_number, installment_no
