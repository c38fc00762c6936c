-- grain: one overdue installment × the reason that came first, not decided yet
-- action: write_off_candidate.read
select
    * exclude (needs_person),
    if(needs_person, '要確認', null) as needs_person,
    count(*) over () as total_count
from disclosed.write_off_candidate
where is_first and decided_on is null
  and ($district is null or district_code = $district)
  and ($booked_as is null or booked_as = $booked_as)
order by district_code, atena_ref, due_date, installment_key
limit $page_size offset $skipped
