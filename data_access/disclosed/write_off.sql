-- THE GATE OF DATA, continued (不納欠損). The macros and the rule stand in ../disclosed.sql and figure.sql.

-- grain: one 不納欠損 decided here about a delinquent in the reader's districts, unless it is reversed; 収納システム books it
create view disclosed.write_off_decided as
select
    delinquent.atena_ref,
    shown('C2', delinquent.name, masked_name(delinquent.name)) as name,
    delinquent.district_code,
    delinquent.district_name,
    entry.event_id,
    entry.happened_on,
    whole('C9', entry.summary) as summary,
    whole('C9', entry.written_off) as written_off,
    whole('C9', entry.yen) as yen,
    whole('C9', entry.written_by) as written_by,
    entry.seq
from serving.entry as entry
join serving.delinquent as delinquent using (atena_number)
where entry.kind = 'write_off_decision' and in_scope(delinquent.district_code)
    and entry.event_id not in (select decision from serving.entry where kind = 'write_off_reversal');

-- grain: one overdue installment of a delinquent in the reader's districts × reason for which it may be written off
create view disclosed.write_off_candidate as
select
    delinquent.atena_ref,
    shown('C2', delinquent.name, masked_name(delinquent.name)) as name,
    delinquent.district_code,
    delinquent.district_name,
    candidate.booked_as,
    candidate.is_first,
    candidate.article,
    whole('C9', candidate.notice_number || '-' || candidate.installment_no) as installment_key,
    whole('C9', installment.levy_year) as levy_year,
    whole('C9', installment.installment_no) as installment_no,
    whole('C9', installment.due_date) as due_date,
    whole('C9', installment.unpaid_yen) as unpaid_yen,
    whole('C9', installment.charge_yen) as charge_yen,
    whole('C9', candidate.extinct_on) as extinct_on,
    whole('C9', candidate.needs_person) as needs_person,
    whole('C9', installment.suspension_ground) as suspension_ground,
    whole('C9', decided.happened_on) as decided_on
from derived.write_off_candidate as candidate
join derived.case_installment as installment using (notice_number, installment_no)
join serving.delinquent as delinquent on delinquent.atena_number = candidate.atena_number
left join (
    select unnest(written_off) as installment_key, happened_on from disclosed.write_off_decided
) as decided on decided.installment_key = candidate.notice_number || '-' || candidate.installment_no
where in_scope(delinquent.district_code);

-- grain: dimension (事由, 区分, 年数, 逃したこと) × part × booked or waiting × fiscal year (of 年数 and 逃したこと: all
-- years together) × district: installments and yen, no person.
-- Districts as in disclosed.rate. For readers without persons it is the whole city, and in a year with a part of fewer than
-- ten persons all such parts are told together with the smallest of the others, so that no total gives one back.
create view disclosed.lost_count as
with placed as (
    select
        lost.*,
        if(is_without_persons(), 'X00', visible_district(place.district_code)) as district_code,
        if(is_without_persons(), '市全体', visible_district_name(place.district_code, place.district_name)) as district_name
    from derived.lost_installment as lost
    join serving.place as place using (atena_number)
    where getvariable('scope') is not null
),
parted as (
    select
        placed.* exclude (fiscal_year),
        if(each.dimension in ('事由', '区分'), placed.fiscal_year, null) as fiscal_year,
        each.dimension,
        each.part
    from placed
    cross join unnest([
        {'dimension': '事由', 'part': booked_as},
        {'dimension': '区分', 'part': year_class},
        {'dimension': '年数', 'part': age_years::varchar},
        {'dimension': '逃したこと', 'part': kept_chance}
    ]) as listed(each)
    where each.part is not null
),
counted as (
    select dimension, part, is_booked, fiscal_year, count(distinct atena_number) as person_count
    from parted
    group by all
),
told as (
    select
        * exclude (person_count),
        if(
            is_without_persons()
                and min(person_count) over same_year < 10
                and person_count <= coalesce(min(person_count) filter (where person_count >= 10) over same_year, person_count),
            'そのほか', part) as told_as
    from counted
    window same_year as (partition by dimension, is_booked, fiscal_year)
),
summed as (
    select
        parted.dimension,
        told.told_as as part,
        parted.is_booked,
        parted.fiscal_year,
        parted.district_code,
        parted.district_name,
        count(distinct parted.atena_number) as person_count,
        count(*) as installment_count,
        sum(parted.yen)::bigint as yen
    from parted
    join told
        on told.dimension = parted.dimension
        and told.part = parted.part
        and told.is_booked = parted.is_booked
        and told.fiscal_year is not distinct from parted.fiscal_year
    group by all
)
select
    * exclude (person_count, installment_count, yen),
    ten_or_more(person_count, person_count) as person_count,
    ten_or_more(person_count, installment_count) as installment_count,
    ten_or_more(person_count, yen) as yen
from summed;
