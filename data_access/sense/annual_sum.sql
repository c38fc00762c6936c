-- grain: one notice whose 年調定額 is not the sum of its 期別調定額 (a notice without any 期別 counts as 0)
select annual.notice_number
from {annual_assessment} as annual
left join {installment} as installment using (notice_number)
group by annual.notice_number, annual.assessed_yen
having coalesce(sum(installment.assessed_yen), 0) <> annual.assessed_yen
