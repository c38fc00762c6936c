-- THE GATE OF DATA, continued (効果の測定). The macros and the rule stand in ../disclosed.sql.

-- grain: one person of the reader's districts with any assessment, owing or not: by what a result is split, nobody named.
-- Whoever has paid all must stay in it: a result is of everybody who was in the trial, but for who has been protected since.
create view disclosed.trial_person as
select
    reference.atena_ref,
    place.district_code,
    place.district_name,
    decade(age_on(person.birth_date, standing.as_of)) as age_group
from source.atena_reference as reference
join serving.place as place using (atena_number)
join source.person as person using (atena_number)
cross join serving.standing as standing
where in_scope(place.district_code) and not place.is_protected and level('C9') = 'read'
  and (getvariable('only_ref') is null or reference.atena_ref = getvariable('only_ref'));

-- grain: one person of the reader's districts × day: 本料 that came in
create view disclosed.trial_receipt as
select reference.atena_ref, receipt.received_on, sum(receipt.principal_yen)::bigint as yen
from source.receipt as receipt
join source.annual_assessment as assessment using (notice_number)
join source.atena_reference as reference using (atena_number)
join serving.place as place using (atena_number)
where in_scope(place.district_code) and not place.is_protected and level('C9') = 'read' and receipt.principal_yen > 0
  and (getvariable('only_ref') is null or reference.atena_ref = getvariable('only_ref'))
group by all;
