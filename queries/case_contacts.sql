-- grain: one telephone, mail address … of a delinquent
-- action: case.read
select contact_no, contact_kind, phone, contact_person
from disclosed.contact
where atena_ref = $atena_ref
order by contact_no
