-- grain: one 期別調定 that 期別マスタ does not know, or whose 納期限 is another day there
select installment.notice_number, installment.installment_no
from {installment} as installment
join {annual_assessment} as annual using (notice_number)
left join {installment_master} as master
    on master.assessment_fiscal_year = annual.assessment_fiscal_year
    and master.levy_kind = annual.levy_kind
    and master.installment_no = installment.installment_no
where master.due_date is distinct from installment.due_date
