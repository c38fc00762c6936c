-- grain: one installment (期別) of a snapshot that is owed, and the district of today's marks
select state.notice_number, state.installment_no, state.atena_number, state.assessment_fiscal_year, state.due_date, state.unpaid_yen, place.district_code
from derived.installment_state as state
join serving.place as place using (atena_number)
where state.unpaid_yen <> 0
