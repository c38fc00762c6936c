-- THE GATE OF DATA, continued (収納状況 by part). The macros and the rule stand in ../disclosed.sql; disclosed.rate in figure.sql.

-- The 分け方 as the office calls it → the column that derived.rate_slice has it in. rate_footing.py lists the same names in the screen's order.
create macro rate_dimension_column(title) as case title
    when '期別' then 'installment_no'
    when '地区' then 'district'
    when '担当' then 'officer'
    when '年齢' then 'age_band'
    when '所得' then 'income_class'
    when '納付方法' then 'payment_method'
    when '医療・支援・介護・子ども' then 'component'
    when '相当年度' then 'levy_year'
end;

-- grain: as derived.rate_part, nobody named. 担当 and 地区 of districts that are not the reader's own are one part. Readers without
-- persons see the whole city, parts of fewer than ten people told with others (serving.told_with), and of a part only what was
-- assessed and came in: a 還付未済 or 欠損 may be one person's, and from the 未済 it could be worked out.
create view disclosed.rate_part as
select
    rate.dimension,
    case
        when is_without_persons() then told.told
        when rate.dimension in ('district', 'officer') and visible_district(rate.district_code) = 'X00' then 'X00'
        else rate.part
    end as part,
    case
        when is_without_persons() and told.told is null then if(rate.dimension = 'district', 'ほかの地区', 'その他')
        when rate.dimension in ('district', 'officer') and visible_district(rate.district_code) = 'X00' then if(rate.dimension = 'district', 'ほかの地区', 'ほかの地区の人')
        else rate.part_name
    end as part_name,
    rate.fiscal_year,
    rate.year_class,
    if(is_without_persons(), 'X00', visible_district(rate.district_code)) as district_code,
    rate.assessed_yen,
    rate.assessed_same_day_yen,
    rate.received_same_day_yen,
    case when not is_without_persons() then rate.refund_due_yen end as refund_due_yen,
    case when not is_without_persons() then rate.written_off_yen end as written_off_yen,
    case when not is_without_persons() then rate.unpaid_yen end as unpaid_yen,
    case when not is_without_persons() then rate.overdue_yen end as overdue_yen
from derived.rate_part as rate
left join serving.told_with as told on told.dimension = rate.dimension and told.part = rate.part
where getvariable('scope') is not null;

-- grain: 分け方 × its part × one overdue 期別 of a delinquent in the reader's districts
create view disclosed.rate_open as
select
    open.dimension,
    open.part,
    open.year_class,
    delinquent.atena_ref,
    shown('C1', delinquent.atena_number, masked_number(delinquent.atena_number)) as atena_number_shown,
    shown('C2', delinquent.name, masked_name(delinquent.name)) as name,
    delinquent.district_code,
    delinquent.district_name,
    whole('C9', open.notice_number || '-' || open.installment_no) as installment_key,
    whole('C9', open.due_date) as due_date,
    whole('C9', open.assessed_yen) as assessed_yen,
    whole('C9', open.overdue_yen) as overdue_yen
from derived.rate_open as open
join serving.delinquent as delinquent using (atena_number)
where in_scope(delinquent.district_code);
