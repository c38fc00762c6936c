-- grain: one installment of one 執行停止, or of its 取消, that was decided here: what the 決議書 and the 通知 say
-- action: suspension_paper.export
select *
from disclosed.suspension_paper
where atena_ref = $atena_ref and decision = $decision
order by due_date, notice_number, installment_no
