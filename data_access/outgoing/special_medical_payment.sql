-- grain: one delinquent × insured member of the household, with what is known of the requirements of 国保法54条の3
-- {restricted} and {derived} are the snapshot's folders, {as_of} its day. Unknown is null: a person has to look.
with entry as (
    select * from read_parquet({restricted} || '/ledger_entry.parquet')
    where event_id not in (select corrects from read_parquet({restricted} || '/ledger_entry.parquet') where corrects is not null)
), reminder as (
    select atena_number, occurred_on, payload ->> '$.letter' as letter from entry where kind = 'reminder'
), tried as (
    select atena_number, max(contacted_on) as tried_on
    from (
        select atena_number, contacted_on from read_parquet({derived} || '/note.parquet')
        union all select atena_number, occurred_on from reminder
    )
    group by atena_number
), notified as (
    select distinct atena_number from reminder where letter = '特別療養費の事前通知'
), circumstance as (
    -- 令28条の6: illness, the end of a business and the like, as far as a person confirmed it
    select distinct atena_number
    from read_parquet({restricted} || '/delinquent_detail.parquet')
    where detail_kind in ('療養', '失業') and is_confirmed and started_on <= {as_of} and (ended_on is null or ended_on >= {as_of})
)
select
    delinquent.atena_number,
    member.member_number,
    member.birth_date,
    delinquent.oldest_due_date,
    delinquent.unpaid_yen,
    if(tried.tried_on > delinquent.oldest_due_date, true, null) as efforts,
    if(circumstance.atena_number is not null, true, null) as special_circumstances,
    if(notified.atena_number is not null, true, null) as notified
from read_parquet({derived} || '/delinquent.parquet') as delinquent
join read_parquet({derived} || '/household_member.parquet') as member using (atena_number)
left join tried using (atena_number)
left join notified using (atena_number)
left join circumstance using (atena_number)
where member.nhi_acquired_on <= {as_of} and (member.nhi_lost_on is null or member.nhi_lost_on > {as_of})
order by delinquent.atena_number, member.member_number
