-- grain: one delinquent whose household has an insured member, with what is known of the requirements of 国保法63条の2
-- {restricted} and {derived} are the snapshot's folders, {as_of} its day. Unknown is null: a person has to look.
with insured as (
    select distinct atena_number
    from read_parquet({derived} || '/household_member.parquet')
    where nhi_acquired_on <= {as_of} and (nhi_lost_on is null or nhi_lost_on > {as_of})
), circumstance as (
    -- 令28条の6: illness, the end of a business and the like, as far as a person confirmed it
    select distinct atena_number
    from read_parquet({restricted} || '/delinquent_detail.parquet')
    where detail_kind in ('療養', '失業') and is_confirmed and started_on <= {as_of} and (ended_on is null or ended_on >= {as_of})
), special as (
    select distinct head_atena_number as atena_number
    from read_parquet({restricted} || '/special_benefit.parquet')
    where started_on <= {as_of} and (ended_on is null or ended_on > {as_of})
)
select
    delinquent.atena_number,
    delinquent.oldest_due_date,
    delinquent.unpaid_yen,
    if(circumstance.atena_number is not null, true, null) as special_circumstances,
    special.atena_number is not null as is_special_medical_payment
from read_parquet({derived} || '/delinquent.parquet') as delinquent
join insured using (atena_number)
left join circumstance using (atena_number)
left join special using (atena_number)
order by delinquent.atena_number
