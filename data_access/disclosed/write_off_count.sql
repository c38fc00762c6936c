-- THE GATE OF DATA, continued (不納欠損の件数と額: nobody named). The macros and the rule stand in ../disclosed.sql and figure.sql.

-- grain: dimension (事由, 区分, 年数, 逃したこと) × part × booked or waiting × fiscal year (of 年数 and 逃したこと: all
-- years together) × district: installments and yen, no person.
-- Districts as in disclosed.rate. For readers without persons it is the whole city, and in a year with a part of fewer than
-- ten persons all such parts are told together with the smallest of the others, so that no total gives one back. Every dimension
-- adds up to the same total; and what waits is held against the 月次報告 of that day (docs/decisions.md §151).
create view disclosed.lost_count as
with placed as (
    -- as in serving.place, without everybody in it
    select
        lost.* exclude (district_code, district_name),
        if(hidden.atena_number is null, lost.district_code, 'S00') as own_code,
        if(hidden.atena_number is null, lost.district_name, '特別管理') as own_name,
        if(is_without_persons(), 'X00', visible_district(own_code)) as district_code,
        if(is_without_persons(), '市全体', visible_district_name(own_code, own_name)) as district_name
    from derived.lost_installment as lost
    left join serving.protected as hidden using (atena_number)
    where getvariable('scope') is not null and lost.district_code is not null and not is_own(lost.atena_number)
),
parted as (
    -- one branch for each, so that a question about one of them reads only what that one is made of
    select '事由' as dimension, booked_as as part, fiscal_year, is_booked, district_code, district_name, atena_number, yen from placed where booked_as is not null
    union all
    select '区分', year_class, fiscal_year, is_booked, district_code, district_name, atena_number, yen from placed where year_class is not null
    union all
    select '年数', age_years::varchar, null, is_booked, district_code, district_name, atena_number, yen from placed where age_years is not null
    union all
    select '逃したこと', kept_chance, null, is_booked, district_code, district_name, atena_number, yen from placed where kept_chance is not null
    union all
    -- to readers without persons this dimension is of every reason: by itself it would tell 時効, and with the total what is not
    select '逃したこと', 'ほかの事由', null, is_booked, district_code, district_name, atena_number, yen from placed where booked_as <> '時効' and is_without_persons()
),
waiting_or_lapsed as (
    -- 時効の日を過ぎたもの of the 月次報告, beside what waits
    select
        lost.notice_number is not null as is_waiting,
        coalesce(lost.booked_as = '時効', false) as is_time,
        coalesce(lost.year_class = '滞繰', false) as is_carried,
        lapsed.notice_number is not null as is_lapsed,
        coalesce(lost.atena_number, lapsed.atena_number) as atena_number
    from (from derived.lost_installment where not is_booked and is_without_persons()) as lost
    full join (from derived.case_installment where claim_state in ('消滅', '時効経過') and is_without_persons()) as lapsed using (notice_number, installment_no)
),
told_apart as (
    -- between two totals there is nobody, or ten. is_total_told: all that waits; is_time_told: what 時効 ended of it, which is held
    -- against the total by the parts below
    select
        (lapsed_count < 10 or not total_count between 1 and 9) and not carried_count between 1 and 9 as is_total_told,
        lapsed_count < 10 or not time_count between 1 and 9 as is_time_told
    from (
        select
            count(distinct atena_number) filter (where is_lapsed) as lapsed_count,
            count(distinct atena_number) filter (where is_waiting <> is_lapsed) as total_count,
            count(distinct atena_number) filter (where is_time <> is_lapsed) as time_count,
            count(distinct atena_number) filter (where is_carried <> is_time) as carried_count
        from waiting_or_lapsed
    )
),
counted as (
    select dimension, part, is_booked, fiscal_year, count(distinct atena_number) as person_count
    from parted
    where is_without_persons()
    group by all
),
weighed as (
    -- by_itself: of how many persons a part would tell; none of what must be told together with others. ほかの事由 is there only
    -- where a reason is told together with others, which 時効 by itself would undo
    select
        counted.*,
        is_booked or is_total_told as is_total_told,
        is_booked or is_time_told as is_time_told,
        not (is_booked or is_time_told) or is_booked in (select is_booked from counted where dimension = '事由' and person_count < 10) as is_mixed,
        if(part = 'ほかの事由' or (dimension = '事由' and part = '時効' and not (is_booked or is_time_told)), 0, person_count) as by_itself
    from counted
    cross join told_apart
    where part <> 'ほかの事由' or ((is_booked or told_apart.is_total_told) and is_mixed)
),
told as (
    -- where the total is not told 時効 is, and nothing that could be added to it
    select
        dimension, part, is_booked, fiscal_year,
        case
            when is_total_told or dimension = '逃したこと' then if(
                min(by_itself) over same_year < 10
                    and by_itself <= coalesce(min(by_itself) filter (where by_itself >= 10) over same_year, by_itself),
                'そのほか', part)
            when dimension = '事由' and (part = '時効' or person_count < 10) then part
            else 'そのほか'
        end as told_as,
        not is_total_told and not (is_time_told and (dimension = '逃したこと' or part = '時効')) as is_untold
    from weighed
    window same_year as (partition by dimension, is_booked, fiscal_year)
),
summed as (
    select
        parted.dimension,
        coalesce(told.told_as, parted.part) as part,
        coalesce(told.is_untold, false) as is_untold,
        parted.is_booked,
        parted.fiscal_year,
        parted.district_code,
        parted.district_name,
        count(distinct parted.atena_number) as person_count,
        count(*) as installment_count,
        sum(parted.yen)::bigint as yen
    from parted
    left join told
        on told.dimension = parted.dimension
        and told.part = parted.part
        and told.is_booked = parted.is_booked
        and told.fiscal_year is not distinct from parted.fiscal_year
    where told.part is not null or not is_without_persons()
    group by all
)
select
    * exclude (is_untold, person_count, installment_count, yen),
    if(is_untold, null, ten_or_more(person_count, person_count)) as person_count,
    if(is_untold, null, ten_or_more(person_count, installment_count)) as installment_count,
    if(is_untold, null, ten_or_more(person_count, yen)) as yen
from summed;
