-- grain: one 即時消滅 that was decided here and waits to be written off: whose, on what ground and why; one page
-- action: suspension_watch.read
select
    atena_ref, name, district_name, decision, extinct_on, extinction_ground, extinction_reason,
    count(*) as installment_count,
    sum(unpaid_yen)::bigint as unpaid_yen,
    count(*) over () as total_count
from disclosed.extinguished_installment
where $district is null or district_code = $district
group by all
order by extinct_on, unpaid_yen desc, atena_ref, decision
limit $page_size offset $skipped
