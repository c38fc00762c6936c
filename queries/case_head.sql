-- grain: one delinquent: who, how much, what state
-- action: case.read
select
    delinquent.*,
    person.address,
    person.mailing_address,
    person.addressee_name,
    person.mail_returned_on,
    person.state_changed_on,
    person.sex,
    person.note_version
from disclosed.delinquent as delinquent
join disclosed.person as person using (atena_ref)
where delinquent.atena_ref = $atena_ref
