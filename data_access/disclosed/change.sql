-- THE GATE OF DATA, continued (増減の内訳). The macros and the rule stand in ../disclosed.sql.

-- grain: 額の種類 × district of the reader × 期首 or 期末, nobody named
create view disclosed.change_total as select * from serving.change_total where in_scope(district_code);

-- grain: 額の種類 × what moved it × district of the reader, nobody named
create view disclosed.change_term as
select
    older_id,
    measure,
    term,
    district_code,
    count(distinct notice_number || installment_no) as case_count,
    count(distinct atena_number) as person_count,
    coalesce(sum(yen) filter (where year_class = '現年'), 0)::bigint as current_yen,
    coalesce(sum(yen) filter (where year_class = '滞繰'), 0)::bigint as carried_yen,
    sum(yen)::bigint as yen
from serving.change_moved
where in_scope(district_code)
group by all;

-- grain: one installment × 区分 × what moved it; who owes nothing any more has a reference and no name
create view disclosed.change_moved as
select
    moved.older_id,
    moved.measure,
    moved.term,
    moved.year_class,
    moved.district_code,
    place.district_name,
    reference.atena_ref,
    shown('C1', moved.atena_number, masked_number(moved.atena_number)) as atena_number_shown,
    shown('C2', delinquent.name, masked_name(delinquent.name)) as name,
    delinquent.atena_ref is not null as has_case,
    whole('C9', moved.notice_number || '-' || moved.installment_no) as installment_key,
    whole('C9', moved.yen) as yen
from serving.change_moved as moved
join serving.place as place using (atena_number)
join source.atena_reference as reference using (atena_number)
left join serving.delinquent as delinquent using (atena_number)
where in_scope(moved.district_code) and in_scope(place.district_code);
