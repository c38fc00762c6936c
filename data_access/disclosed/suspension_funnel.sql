-- THE GATE OF DATA, continued (執行停止候補の内訳). The macros and the rule stand in ../disclosed.sql.

-- grain: one delinquent × 号 with a verdict other than 非該当, and the part it is in by each 分け方. Nobody is told of it as such.
create view serving.screened_part as
select
    screening.ground,
    screening.verdict,
    delinquent.district_code,
    delinquent.is_protected,
    delinquent.unpaid_yen - delinquent.suspended_yen as active_yen,
    unnest([
        {dimension: '地区', part: delinquent.district_name, part_order: delinquent.district_code},
        {dimension: '年齢', part: coalesce(decade(years), '不明'), part_order: coalesce(lpad(least(years // 10, 9)::varchar, 2, '0'), '99')},
        {dimension: '滞納額', part: case when active_yen < 100000 then '10万円未満' when active_yen < 300000 then '10万円から30万円未満'
            when active_yen < 500000 then '30万円から50万円未満' when active_yen < 1000000 then '50万円から100万円未満' else '100万円以上' end,
         part_order: case when active_yen < 100000 then '1' when active_yen < 300000 then '2' when active_yen < 500000 then '3'
            when active_yen < 1000000 then '4' else '5' end}
    ], recursive := true)
from derived.screening as screening
join serving.delinquent as delinquent using (atena_number)
cross join serving.standing as standing
cross join lateral (select age_on(delinquent.birth_date, standing.as_of) as years) as aged
where screening.verdict <> '非該当';

-- grain: verdict × 号 × district × 分け方 (dimension) × part: counts and yen without a person
-- For readers without persons parts below ten, and 特別管理 in any case, are told together as その他, with the next larger
-- part wherever the total would give them back (as small_cell.py does for rates).
create view disclosed.suspension_breakdown as
with counted as (
    select
        ground, verdict, dimension,
        if(is_without_persons(), 'X00', district_code) as district_code,
        if(is_without_persons() and dimension = '地区' and is_protected, 'その他', part) as part,
        if(is_without_persons() and dimension = '地区' and is_protected, '', part_order) as part_order,
        count(*) as person_count,
        sum(active_yen)::bigint as active_yen
    from serving.screened_part
    where in_scope(district_code) or is_without_persons()
    group by all
), ranked as (
    select *, coalesce(sum(person_count) over before, 0) as smaller, lag(part) over every as part_before
    from counted
    window
        every as (partition by ground, verdict, dimension, district_code order by part_order <> '', person_count, part_order),
        before as (every rows between unbounded preceding and 1 preceding)
), told as (
    select *, is_without_persons() and (part = 'その他' or person_count < 10 or smaller between 1 and 9 or coalesce(part_before = 'その他', false)) as is_other
    from ranked
), merged as (
    select
        ground, verdict, dimension, district_code,
        if(is_other, 'その他', part) as part,
        if(is_other, '~', part_order) as part_order,
        sum(person_count) as person_count,
        sum(active_yen)::bigint as active_yen
    from told
    group by all
)
select * exclude (person_count, active_yen), ten_or_more(person_count, person_count)::bigint as person_count, ten_or_more(person_count, active_yen) as active_yen
from merged;

-- grain: 号 × 場合 × record that 資料不足 lacks × how it lacks it × district: how many people, nobody named
-- For readers without persons who does not lack a record is nobody or ten, too: of a record of which that would be fewer, the
-- smallest number is not told. few_count: of a 号 those of 場合 that are of fewer than ten, who are what is left of all.
create view disclosed.suspension_lacking as
with lacked as (
    select
        screening.ground,
        screening.clause,
        evidence.target,
        evidence.finding,
        if(is_without_persons(), 'X00', delinquent.district_code) as district_code,
        count(*) as person_count
    from derived.screening as screening
    join derived.screening_evidence as evidence using (atena_number, ground, clause)
    join serving.delinquent as delinquent using (atena_number)
    where screening.verdict = '資料不足' and evidence.finding not in ('満たす', '反証')
      and (in_scope(delinquent.district_code) or is_without_persons())
    group by all
), held as (
    select ground, clause, count(*) as held_count, coalesce(sum(if(held_count < 10, held_count, 0)) over (partition by ground), 0) as few_count
    from derived.screening
    semi join serving.delinquent using (atena_number)
    where verdict = '資料不足' and is_without_persons()
    group by ground, clause
), counted as (
    select
        lacked.*,
        held_count - sum(if(person_count >= 10, person_count, 0)) over record + if(few_count < 10, few_count, 0) as left_count,
        row_number() over (record order by person_count < 10, person_count, finding) as place
    from lacked
    left join held using (ground, clause)
    window record as (partition by ground, clause, target, district_code)
)
select
    ground,
    clause,
    target,
    finding,
    district_code,
    if(coalesce(left_count between 1 and 9 and place = 1, false), null, ten_or_more(person_count, person_count)) as person_count
from counted;

-- grain: one criterion of one screened delinquent, as the what-if of 要件 reads it
create view disclosed.screening_trial as
select
    delinquent.atena_ref,
    delinquent.district_code,
    evidence.ground,
    evidence.clause,
    evidence.target,
    evidence.finding,
    evidence.speaks_for,
    evidence.contradiction is not null as is_contradicted,
    case when evidence.sensitivity = 'C6' then whole('C6', evidence.age_days) else whole('C5', evidence.age_days) end as age_days,
    evidence.longest_age_days,
    whole('C9', delinquent.unpaid_yen - delinquent.suspended_yen) as active_yen
from derived.screening_evidence as evidence
join serving.delinquent as delinquent using (atena_number)
where in_scope(delinquent.district_code) and level('C5') = 'read';
