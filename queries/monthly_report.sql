-- grain: one line of the 月次報告 of the month of 基準日, the whole city: section, line, and the columns that the section has
-- action: monthly_report.read
with stands as (
    select as_of, fiscal_year, date_trunc('month', as_of)::date as month, (date_trunc('month', as_of) - interval 1 year)::date as month_before
    from disclosed.standing
), rated as (
    select rate.*, stands.fiscal_year as this_year
    from disclosed.rate as rate
    join stands on rate.fiscal_year in (stands.fiscal_year, stands.fiscal_year - 1)
), sliced as (
    select '収納状況' as section, case year_class when '現年' then 1 else 2 end as rank, year_class as part, * from rated
    union all by name
    select '収納状況' as section, 3 as rank, '合計' as part, * from rated
    union all by name
    select '期別の収納（現年）' as section, coalesce(installment_no::integer, 98) as rank, coalesce('第' || installment_no::integer || '期', 'その他') as part, * from rated where year_class = '現年'
    union all by name
    select '期別の収納（現年）' as section, 99 as rank, '合計' as part, * from rated where year_class = '現年'
    union all by name
    select '地区別の収納（現年・滞繰の計）' as section, dense_rank() over (order by district_code) as rank, district_name as part, * from rated
    union all by name
    select '地区別の収納（現年・滞繰の計）' as section, 999 as rank, '合計' as part, * from rated
), rate_line as (
    select
        section,
        rank,
        part,
        coalesce(sum(assessed_yen) filter (where fiscal_year = this_year), 0)::bigint as assessed_yen,
        coalesce(sum(received_yen) filter (where fiscal_year = this_year), 0)::bigint as received_yen,
        sum(if(section = '収納状況', refund_due_yen, of_a_part(refund_due_yen))) filter (where fiscal_year = this_year)::bigint as refund_due_yen,
        sum(if(section = '収納状況', written_off_yen, of_a_part(written_off_yen))) filter (where fiscal_year = this_year)::bigint as written_off_yen,
        sum(if(section = '収納状況', unpaid_yen, of_a_part(unpaid_yen))) filter (where fiscal_year = this_year)::bigint as outstanding_yen,
        percent(sum(received_same_day_yen) filter (where fiscal_year = this_year), sum(assessed_yen) filter (where fiscal_year = this_year)) as same_day_rate,
        percent(sum(received_same_day_yen) filter (where fiscal_year < this_year), sum(assessed_same_day_yen) filter (where fiscal_year < this_year)) as rate_before
    from sliced
    group by all
), month_line as (
    select
        '月別の収納' as section,
        (date_diff('month', stands.month, booked_month) + 100) as rank,
        booked_month as month,
        coalesce(sum(received_yen) filter (where year_class = '現年'), 0)::bigint as current_yen,
        coalesce(sum(received_yen) filter (where year_class = '滞繰'), 0)::bigint as carried_yen,
        sum(received_yen)::bigint as yen
    from disclosed.rate_month as rate
    join stands using (fiscal_year)
    group by all
), activity_line as (
    select
        '滞納整理の状況' as section,
        list_position(['督促状の発付', '督促状の返戻', '催告書の発送', '差押予告書の発送', '交渉の記録', '口座振替の請求', '口座振替の不能', '分納の誓約', '徴収猶予の許可', '換価の猶予',
            '差押', '参加差押', '交付要求', '取立・配当の充当', '執行停止', '執行停止の取消', '不納欠損', '過誤納の還付・充当'], activity) as rank,
        activity as part,
        case when count(*) filter (where activity.month = stands.month) = 0 then 0 else sum(case_count) filter (where activity.month = stands.month) end::bigint as case_count,
        case when count(*) filter (where activity.month = stands.month) = 0 then 0 else sum(person_count) filter (where activity.month = stands.month) end::bigint as person_count,
        sum(yen) filter (where activity.month = stands.month)::bigint as yen,
        case when count(*) filter (where activity.month = stands.month_before) = 0 then 0 else sum(case_count) filter (where activity.month = stands.month_before) end::bigint as count_before,
        if(bool_or(case_count is null) filter (where is_this_year), null, coalesce(sum(case_count) filter (where is_this_year), 0))::bigint as so_far_count,
        if(bool_or(case_count is null) filter (where is_this_year), null, sum(yen) filter (where is_this_year))::bigint as so_far_yen
    from (select activity.*, activity.fiscal_year = stands.fiscal_year as is_this_year from disclosed.activity_month as activity cross join stands where activity.fiscal_year >= stands.fiscal_year - 1) as activity
    cross join stands
    group by activity
)
select
    stands.as_of,
    line.section,
    line.part,
    line.month,
    line.assessed_yen,
    line.received_yen,
    line.refund_due_yen,
    line.written_off_yen,
    line.outstanding_yen,
    line.same_day_rate,
    line.rate_before,
    line.same_day_rate - line.rate_before as rate_change,
    line.current_yen,
    line.carried_yen,
    line.case_count,
    line.person_count,
    line.yen,
    line.count_before,
    line.so_far_count,
    line.so_far_yen
from (
    select 1 as page, * from rate_line where section = '収納状況'
    union all by name
    select 2 as page, * from rate_line where section = '期別の収納（現年）'
    union all by name
    select 3 as page, * from rate_line where section = '地区別の収納（現年・滞繰の計）'
    union all by name
    select 4 as page, * from month_line
    union all by name
    select 4 as page, '月別の収納' as section, 999 as rank, '合計' as part, coalesce(sum(current_yen), 0)::bigint as current_yen, coalesce(sum(carried_yen), 0)::bigint as carried_yen, coalesce(sum(yen), 0)::bigint as yen
    from month_line
    union all by name
    select 5 as page, '滞納の現在高' as section, * from disclosed.arrears_standing
    union all by name
    select 6 as page, * from activity_line
) as line
cross join stands
order by line.page, line.rank, line.part
