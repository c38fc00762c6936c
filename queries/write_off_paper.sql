-- grain: one installment of a 不納欠損 decided here: of $decision, or (null) of all that 収納 has not booked yet: the 不納欠損調書
-- action: write_off.export
select *, count(*) over () as total_count
from disclosed.write_off_paper
where (decision = $decision or ($decision is null and state = '決裁済・収納の計上待ち'))
  and ($district is null or district_code = $district)
order by district_code, atena_ref, reason, due_date, installment_key
limit $page_size offset $skipped
