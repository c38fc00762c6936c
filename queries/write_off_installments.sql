-- grain: one overdue installment of the person × reason for which it may be written off; decided: what was decided here of it, whatever the feeds know
-- action: write_off_candidate.read
select
    candidate.* exclude (needs_person),
    if(candidate.needs_person, '要確認', null) as needs_person,
    own.decided
from disclosed.write_off_candidate as candidate
left join (from disclosed.decided_installment where atena_ref = $atena_ref) as own using (installment_key)
where candidate.atena_ref = $atena_ref
order by due_date, installment_key, is_first desc, extinct_on nulls last
