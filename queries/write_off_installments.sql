-- grain: one overdue installment of the person × reason for which it may be written off
-- action: write_off_candidate.read
select
    * exclude (needs_person),
    if(needs_person, '要確認', null) as needs_person
from disclosed.write_off_candidate
where atena_ref = $atena_ref
order by due_date, installment_key, is_first desc, extinct_on nulls last
