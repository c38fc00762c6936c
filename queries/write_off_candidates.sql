-- grain: one delinquent × reason (不納欠損事由) that came first for at least one installment; one page of $page_size rows
-- action: write_off.read
select
    atena_ref,
    name,
    district_name,
    booked_as,
    count(*) as installment_count,
    sum(unpaid_yen)::bigint as unpaid_yen,
    sum(charge_yen)::bigint as charge_yen,
    min(extinct_on) as extinct_on,
    if(bool_or(needs_person), '要確認', null) as needs_person,
    count(*) over () as total_count
from disclosed.write_off_candidate
where is_first
  and ($district is null or district_code = $district)
  and ($booked_as is null or booked_as = $booked_as)
group by atena_ref, name, district_name, booked_as
order by extinct_on nulls last, unpaid_yen desc, atena_ref, booked_as
limit $page_size offset $skipped
