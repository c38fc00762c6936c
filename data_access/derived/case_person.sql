-- grain: one delinquent: where the person lives and where letters go, for the case screen
create or replace table derived.case_person as
with mailed as (
    from source.mailing_address
    where valid_to is null
    qualify row_number() over (partition by atena_number order by case business when '国保料' then 1 else 2 end, valid_from desc) = 1
)
select
    delinquent.atena_number,
    person.sex,
    person.address_rest,
    person.household_number,
    mailed.address as mailing_address,
    mailed.addressee_name,
    mailed.returned_on as mail_returned_on,
    -- a letter to a protected person's address would lead there from anybody's case
    coalesce(addressee.is_protected, false) as is_addressee_protected
from derived.delinquent as delinquent
join source.person as person using (atena_number)
left join mailed using (atena_number)
left join derived.place as addressee on addressee.atena_number = mailed.addressee_atena_number
order by delinquent.atena_number
