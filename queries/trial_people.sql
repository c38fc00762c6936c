-- grain: one delinquent of a 試行 who is in the reader's districts and still owes: which way (甲, 乙) they are to be treated
-- action: trial.read
with lot as (
    select unnest($refs::varchar[]) as atena_ref, unnest($ways::varchar[]) as way
)
select atena_ref, name, way, unpaid_yen, last_contact_on, last_payment_on, district_name, count(*) over () as total_count
from disclosed.delinquent
join lot using (atena_ref)
where ($way is null or way = $way) and ($district is null or district_code = $district)
order by district_code, way, unpaid_yen desc, atena_ref
limit $page_size offset $skipped
