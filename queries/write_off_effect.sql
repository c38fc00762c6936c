-- grain: 現年/滞繰 of the fiscal year: the terms of the 決算 as they stand, and the yen that may be written off; with last year's
-- 滞繰 receipts, and what last year left of its 現年, to see what the year after gains
-- action: write_off.read
with standing as (
    select
        rate.year_class,
        sum(rate.assessed_yen)::bigint as assessed_yen,
        sum(rate.received_yen)::bigint as received_yen,
        sum(rate.refund_due_yen)::bigint as refund_due_yen,
        sum(rate.written_off_yen)::bigint as written_off_yen,
        sum(rate.unpaid_yen)::bigint as outstanding_yen
    from disclosed.rate as rate
    where rate.fiscal_year = (select fiscal_year from disclosed.standing)
      and ($district is null or rate.district_code = $district)
    group by rate.year_class
), waiting as (
    select part as year_class, if(count(*) = count(yen), sum(yen), null)::bigint as waiting_yen
    from disclosed.lost_count
    where dimension = '区分' and not is_booked and ($district is null or district_code = $district)
    group by part
)
select
    standing.*,
    case when waiting.year_class is not null then waiting.waiting_yen
         when exists (from waiting where year_class = 'そのほか') then null else 0 end as waiting_yen,
    (select sum(received_yen - refund_due_yen)::bigint from disclosed.rate
     where fiscal_year = (select fiscal_year from disclosed.standing) - 1 and year_class = '滞繰'
       and ($district is null or district_code = $district)) as carried_received_before_yen,
    (select sum(unpaid_yen)::bigint from disclosed.rate
     where fiscal_year = (select fiscal_year from disclosed.standing) - 1 and year_class = '現年'
       and ($district is null or district_code = $district)) as current_left_before_yen
from standing
left join waiting using (year_class)
order by if(standing.year_class = '現年', 1, 2)
