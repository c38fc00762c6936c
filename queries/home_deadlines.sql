-- grain: one delinquent whose next 時効 completes within $days days
-- action: worklist.read
select atena_ref, name, district_name, prescription_on, prescription_yen, last_contact_on, has_disposition
from disclosed.delinquent
where prescription_on <= as_of + to_days($days)
  and atena_ref not in (select atena_ref from disclosed.stopped_since where is_whole)
order by prescription_on, prescription_yen desc, atena_ref
limit 50
