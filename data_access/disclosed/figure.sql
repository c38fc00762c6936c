-- THE GATE OF DATA, continued (figures, feeds and 突合: mostly without a person). The macros and the rule stand in ../disclosed.sql.

-- grain: as derived.rate_cube, without persons; districts that are not the reader's own are one line, so that
-- the city's total is everybody's and another district's figure is not
create view disclosed.rate as
select
    fiscal_year,
    year_class,
    levy_year,
    installment_no,
    visible_district(district_code) as district_code,
    visible_district_name(district_code, district_name) as district_name,
    payment_method,
    installment_count,
    assessed_yen,
    whereabouts_unknown_yen,
    received_yen,
    received_same_day_yen,
    refund_due_yen,
    written_off_yen,
    unpaid_yen
from derived.rate_cube
where getvariable('scope') is not null;

-- grain: as derived.rate_month
create view disclosed.rate_month as
select
    fiscal_year,
    year_class,
    booked_month,
    visible_district(district_code) as district_code,
    visible_district_name(district_code, district_name) as district_name,
    received_yen,
    receipt_count
from derived.rate_month
where getvariable('scope') is not null;

-- grain: one district of the reader
create view disclosed.district as
select distinct district_code, district_name
from serving.delinquent
where in_scope(district_code);

-- grain: one intake; its files and problems are told by feed_status.py: no person in any of them
create view disclosed.intake as select * from serving.intake where getvariable('scope') is not null;

-- grain: item × reason × district: how often the source's stored values differ from its own rows, nobody named
create view disclosed.difference_summary as
select
    difference.item,
    difference.reason as cause,
    visible_district(place.district_code) as district_code,
    count(*) as case_count,
    sum(abs(difference.stored_yen - difference.computed_yen))::bigint as difference_yen
from derived.difference as difference
join serving.place as place using (atena_number)
where in_scope(place.district_code) or getvariable('scope') = 'none'
group by all;

-- grain: one difference of a person in the reader's districts, with both values
create view disclosed.difference as
select
    reference.atena_ref,
    shown('C1', difference.atena_number, masked_number(difference.atena_number)) as atena_number_shown,
    place.district_code,
    place.district_name,
    delinquent.atena_ref is not null as has_case,
    difference.item,
    whole('C9', difference.notice_number || '-' || coalesce(difference.installment_no, '年')) as installment_key,
    whole('C9', difference.stored_yen) as stored_yen,
    whole('C9', difference.computed_yen) as computed_yen,
    whole('C9', difference.stored_on) as stored_on,
    whole('C9', difference.computed_on) as computed_on,
    difference.reason as cause
from derived.difference as difference
join serving.place as place using (atena_number)
join source.atena_reference as reference using (atena_number)
left join serving.delinquent as delinquent using (atena_number)
where in_scope(place.district_code);
