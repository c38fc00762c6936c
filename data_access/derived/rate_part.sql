-- grain: 分け方 × its part × fiscal year (this and the one before) × 現年/滞繰 × district: what 収納状況 shows of each part
create or replace table derived.rate_part as
select
    dimension,
    part,
    part_name,
    fiscal_year,
    year_class,
    district_code,
    district_name,
    count(distinct atena_number) as person_count,
    count(*) as installment_count,
    sum(opening_yen)::bigint as assessed_yen,
    sum(same_day_opening_yen)::bigint as assessed_same_day_yen,
    sum(received_yen)::bigint as received_yen,
    sum(same_day_yen)::bigint as received_same_day_yen,
    sum(refund_due_yen)::bigint as refund_due_yen,
    sum(written_off_yen)::bigint as written_off_yen,
    sum(opening_yen - received_yen + refund_due_yen - written_off_yen)::bigint as unpaid_yen,
    sum(overdue_yen)::bigint as overdue_yen
from derived.rate_slice
group by all
order by all
