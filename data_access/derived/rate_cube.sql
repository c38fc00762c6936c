-- grain: fiscal year × 現年/滞繰 × levy year × installment number × district × payment method
create or replace table derived.rate_cube as
select
    rate.fiscal_year,
    rate.year_class,
    rate.levy_year,
    rate.installment_no,
    place.district_code,
    place.district_name,
    rate.payment_method,
    count(*) as installment_count,
    sum(rate.opening_yen)::bigint as assessed_yen,
    sum(rate.same_day_opening_yen)::bigint as assessed_same_day_yen,
    sum(rate.spring_opening_yen)::bigint as assessed_spring_yen,
    coalesce(sum(rate.opening_yen) filter (where place.is_whereabouts_unknown), 0)::bigint as whereabouts_unknown_yen,
    sum(rate.received_yen)::bigint as received_yen,
    sum(rate.same_day_yen)::bigint as received_same_day_yen,
    sum(rate.spring_yen)::bigint as received_spring_yen,
    sum(rate.refund_due_yen)::bigint as refund_due_yen,
    sum(rate.written_off_yen)::bigint as written_off_yen,
    sum(rate.unpaid_yen)::bigint as unpaid_yen
from derived.rate_year as rate
join derived.place as place using (atena_number)
group by all
order by all
