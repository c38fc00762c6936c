-- grain: one line of the 年報・決算 of $fiscal_year, the whole city: section, line, and the columns that the section has
-- action: annual_report.read
-- 前年度との差 of a 相当年度 is to the one a year older in the year before, which was then of the same age; of several told together to nothing.
-- $closes_on: its 出納閉鎖 (law.fiscal_year); until then (is_closed = false) the year is still open and the figures are those so far.
with stands as (
    select as_of, as_of > $closes_on::date as is_closed from disclosed.standing
), rated as (
    select * from disclosed.rate where fiscal_year in ($fiscal_year, $fiscal_year - 1)
), sliced as (
    select '決算' as section, case year_class when '現年' then 1 else 2 end as rank, year_class as part, * from rated
    union all by name
    select '決算' as section, 3 as rank, '合計' as part, * from rated
    union all by name
    select '相当年度別（滞納繰越分）' as section, coalesce(levy_year, 0) as rank, coalesce(levy_year::varchar, 'その他') as part, *
    from (select * replace (levy_year + if(fiscal_year < $fiscal_year, 1, 0) as levy_year) from rated where year_class = '滞繰')
    where levy_year is not null or fiscal_year = $fiscal_year
    union all by name
    select '相当年度別（滞納繰越分）' as section, 9999 as rank, '合計' as part, * from rated where year_class = '滞繰'
    union all by name
    select '地区別' as section, dense_rank() over (order by district_code) as rank, district_name as part, * from rated
    union all by name
    select '地区別' as section, 9999 as rank, '合計' as part, * from rated
    union all by name
    select '納付方法別（現年分）' as section, dense_rank() over (order by payment_method nulls last) as rank, coalesce(payment_method, 'その他') as part, * from rated where year_class = '現年'
    union all by name
    select '納付方法別（現年分）' as section, 9999 as rank, '合計' as part, * from rated where year_class = '現年'
), told as (
    select * replace (
        if(section = '決算', refund_due_yen, of_a_part(refund_due_yen)) as refund_due_yen,
        if(section = '決算', written_off_yen, of_a_part(written_off_yen)) as written_off_yen,
        if(section = '決算', unpaid_yen, of_a_part(unpaid_yen)) as unpaid_yen,
        if(section = '決算', whereabouts_unknown_yen, of_a_part(whereabouts_unknown_yen)) as whereabouts_unknown_yen
    )
    from sliced
), settled as (
    select
        section,
        rank,
        part,
        coalesce(sum(assessed_yen) filter (where fiscal_year = $fiscal_year), 0)::bigint as assessed_yen,
        coalesce(sum(received_yen) filter (where fiscal_year = $fiscal_year), 0)::bigint as received_yen,
        sum(refund_due_yen) filter (where fiscal_year = $fiscal_year)::bigint as refund_due_yen,
        sum(written_off_yen) filter (where fiscal_year = $fiscal_year)::bigint as written_off_yen,
        sum(unpaid_yen) filter (where fiscal_year = $fiscal_year)::bigint as outstanding_yen,
        sum(whereabouts_unknown_yen) filter (where fiscal_year = $fiscal_year)::bigint as whereabouts_unknown_yen,
        percent(sum(received_yen - refund_due_yen) filter (where fiscal_year = $fiscal_year), sum(assessed_yen) filter (where fiscal_year = $fiscal_year)) as settlement_rate,
        percent(sum(received_yen - refund_due_yen) filter (where fiscal_year < $fiscal_year), sum(assessed_yen) filter (where fiscal_year < $fiscal_year)) as settlement_rate_before
    from told
    group by section, rank, part
    having count(*) filter (where fiscal_year = $fiscal_year) > 0
), lost as (
    select part, sum(installment_count)::bigint as case_count, sum(person_count)::bigint as person_count, sum(yen)::bigint as yen
    from disclosed.lost_count
    where dimension = '事由' and is_booked and fiscal_year = $fiscal_year
    group by part
), worked as (
    select
        activity as part,
        if(bool_or(case_count is null), null, sum(case_count))::bigint as case_count,
        if(bool_or(case_count is null), null, sum(yen))::bigint as yen
    from disclosed.activity_month
    where fiscal_year = $fiscal_year
    group by activity
)
select
    stands.as_of,
    $fiscal_year::integer as fiscal_year,
    stands.is_closed,
    line.section,
    line.part,
    line.assessed_yen,
    line.received_yen,
    line.refund_due_yen,
    line.written_off_yen,
    line.outstanding_yen,
    line.whereabouts_unknown_yen,
    line.settlement_rate,
    line.settlement_rate - line.settlement_rate_before as settlement_rate_change,
    -- 年報: without what was assessed on people whose whereabouts are unknown
    if(line.section = '決算', percent(line.received_yen - line.refund_due_yen, line.assessed_yen - line.whereabouts_unknown_yen), null) as annual_rate,
    line.case_count,
    line.yen
from (
    select list_position(['決算', '相当年度別（滞納繰越分）', '地区別', '納付方法別（現年分）'], section) as page, * from settled
    union all by name
    select 5 as page, '不納欠損の事由別' as section, 1 as rank, part, case_count, yen from lost
    union all by name
    select 5 as page, '不納欠損の事由別' as section, 9999 as rank, '合計' as part,
        if(bool_or(case_count is null), null, coalesce(sum(case_count), 0))::bigint as case_count, if(bool_or(yen is null), null, coalesce(sum(yen), 0))::bigint as yen
    from lost
    union all by name
    select 6 as page, '滞納整理の状況' as section,
        list_position(['督促状の発付', '督促状の返戻', '催告書の発送', '差押予告書の発送', '交渉の記録', '口座振替の請求', '口座振替の不能', '分納の誓約', '徴収猶予の許可', '換価の猶予',
            '差押', '参加差押', '交付要求', '取立・配当の充当', '執行停止', '執行停止の取消', '不納欠損', '過誤納の還付・充当'], part) as rank, *
    from worked
) as line
cross join stands
order by line.page, line.rank, line.part
