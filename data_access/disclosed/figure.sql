-- THE GATE OF DATA, continued (figures, feeds and 突合: mostly without a person). The macros and the rule stand in ../disclosed.sql.

-- Readers without persons (scope 'none') are told nothing of fewer than ten: parts of a rate are told together
-- (small_cell.py, serving.told_with; null = one of several), other counts are for the whole city and null below ten.
create macro is_without_persons() as getvariable('scope') = 'none';
create macro ten_or_more(persons, value) as case when not is_without_persons() or persons >= 10 then value end;
-- Of a part (期, 地区 …) of the reports, what is refunded, written off or open may be one person's: told to the yen to those whom the final
-- report is for (監査 too; docs/decisions.md §139), not at all to those whose amounts are rounded.
create macro of_a_part(value) as case when coalesce(getvariable('rounded_to'), 1) = 1 then value end;

-- grain: as derived.rate_cube, without persons; districts that are not the reader's own are one line, so that
-- the city's total is everybody's and another district's figure is not
create view disclosed.rate as
with few as (
    -- years of which a refund, a write-off or an unknown whereabouts may be fewer than ten people's: their amounts, and
    -- what could be worked out from them, are not told to readers without persons
    select
        fiscal_year,
        bool_or(refund_count between 1 and 9) as refund,
        bool_or(refund_count between 1 and 9 or write_off_count between 1 and 9) as settlement,
        bool_or(write_off_count between 1 and 9) as write_off,
        bool_or(unknown_count between 1 and 9) as unknown
    from (
        select
            fiscal_year,
            count(*) filter (where refund_due_yen <> 0) as refund_count,
            count(*) filter (where written_off_yen <> 0) as write_off_count,
            count(*) filter (where whereabouts_unknown_yen <> 0) as unknown_count
        from derived.rate_cube
        group by fiscal_year, year_class
    )
    group by fiscal_year
)
select
    rate.fiscal_year,
    rate.year_class,
    if(is_without_persons(), levy.told::integer, rate.levy_year) as levy_year,
    if(is_without_persons(), installment.told, rate.installment_no) as installment_no,
    if(is_without_persons(), coalesce(district.told, 'X00'), visible_district(rate.district_code)) as district_code,
    if(is_without_persons() and district.told is null, 'ほかの地区', visible_district_name(rate.district_code, rate.district_name)) as district_name,
    if(is_without_persons(), method.told, rate.payment_method) as payment_method,
    rate.installment_count,
    rate.assessed_yen,
    rate.assessed_same_day_yen,
    rate.assessed_spring_yen,
    case when not (is_without_persons() and few.unknown) then rate.whereabouts_unknown_yen end as whereabouts_unknown_yen,
    rate.received_yen,
    rate.received_same_day_yen,
    rate.received_spring_yen,
    case when not (is_without_persons() and few.refund) then rate.refund_due_yen end as refund_due_yen,
    case when not (is_without_persons() and few.write_off) then rate.written_off_yen end as written_off_yen,
    case when not (is_without_persons() and few.settlement) then rate.unpaid_yen end as unpaid_yen
from derived.rate_cube as rate
join few using (fiscal_year)
left join serving.told_with as levy on levy.dimension = 'levy_year' and levy.part = rate.levy_year::varchar
left join serving.told_with as installment on installment.dimension = 'installment_no' and installment.part = rate.installment_no
left join serving.told_with as district on district.dimension = 'district' and district.part = rate.district_code
left join serving.told_with as method on method.dimension = 'payment_method' and method.part = rate.payment_method
where getvariable('scope') is not null;

-- grain: as derived.rate_month
create view disclosed.rate_month as
select
    rate.fiscal_year,
    rate.year_class,
    if(is_without_persons(), null, rate.levy_year) as levy_year, -- by month and levy year there are too few
    if(is_without_persons(), month.told::date, rate.booked_month) as booked_month,
    if(is_without_persons(), coalesce(district.told, 'X00'), visible_district(rate.district_code)) as district_code,
    if(is_without_persons() and district.told is null, 'ほかの地区', visible_district_name(rate.district_code, rate.district_name)) as district_name,
    rate.received_yen,
    rate.receipt_count
from derived.rate_month as rate
left join serving.told_with as district on district.dimension = 'district' and district.part = rate.district_code
left join serving.told_with as month
    on month.dimension = 'booked_month' and month.part = rate.booked_month::varchar and month.fiscal_year = rate.fiscal_year
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
with counted as (
    select
        difference.item,
        difference.reason as cause,
        if(is_without_persons(), 'X00', place.district_code) as district_code,
        count(distinct difference.atena_number) as person_count,
        count(*) as case_count,
        sum(abs(difference.stored_yen - difference.computed_yen))::bigint as difference_yen
    from derived.difference as difference
    join serving.place as place using (atena_number)
    where in_scope(place.district_code) or is_without_persons()
    group by all
)
select
    item,
    cause,
    district_code,
    ten_or_more(person_count, case_count) as case_count,
    ten_or_more(person_count, difference_yen) as difference_yen
from counted;

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
