-- THE GATE OF DATA, continued (月次報告: the whole city, nobody named). The macros and the rule stand in ../disclosed.sql.

-- grain: kind of work × month
create view disclosed.activity_month as
select
    activity,
    fiscal_year,
    month,
    ten_or_more(person_count, case_count) as case_count,
    ten_or_more(person_count, person_count) as person_count,
    ten_or_more(person_count, yen) as yen
from derived.activity_month
where getvariable('scope') is not null;

-- grain: a line of 滞納の現在高: people and yen of the whole city
create view disclosed.arrears_standing as
with line as (
    select unnest([
        {'rank': 1, 'part': '滞納額（納期限を過ぎた未納）', 'person_count': count(*), 'yen': sum(unpaid_yen)},
        {'rank': 2, 'part': 'うち現年分', 'person_count': count(*) filter (where current_unpaid_yen > 0), 'yen': sum(current_unpaid_yen)},
        {'rank': 3, 'part': 'うち滞繰分', 'person_count': count(*) filter (where carried_unpaid_yen > 0), 'yen': sum(carried_unpaid_yen)},
        {'rank': 4, 'part': 'うち執行停止中', 'person_count': count(*) filter (where suspended_yen > 0), 'yen': sum(suspended_yen)},
        {'rank': 5, 'part': 'うち時効の日を過ぎたもの（消滅と、完成を確かめるもの）', 'person_count': count(*) filter (where lapsed_yen > 0), 'yen': sum(lapsed_yen)},
        {'rank': 6, 'part': '延滞金（滞納額のほか、基準日現在の計算）', 'person_count': count(*) filter (where charge_yen > 0), 'yen': sum(charge_yen)}
    ], recursive := true)
    from derived.delinquent
)
select
    rank,
    part,
    ten_or_more(person_count, person_count) as person_count,
    ten_or_more(person_count, coalesce(yen, 0)::bigint) as yen
from line
where getvariable('scope') is not null;
