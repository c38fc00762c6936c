-- grain: one delinquent × member of the household (宛名), with the 国保 eligibility that counts now
create or replace table derived.household_member as
select
    head.atena_number,
    member.atena_number as member_number,
    member.name,
    member.relation,
    member.birth_date,
    member.resident_state,
    eligibility.acquired_on as nhi_acquired_on,
    eligibility.lost_on as nhi_lost_on
from derived.case_person as head
join source.person as member using (household_number)
left join source.nhi_eligibility as eligibility on eligibility.atena_number = member.atena_number
order by head.atena_number
