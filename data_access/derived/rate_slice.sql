-- grain: 分け方 × one installment × fiscal year (this and the one before): the part of the 分け方 to which it belongs, and its amounts
-- 年齢 as on 1 April of the year, 所得階級 of the 国保賦課 of the levy year, 担当 as of today (like the district), so that both years are
-- cut alike. 区分: receipts are not split by the feeds, so each amount is shared by the 区分別調定, to the yen: the share of a 区分 ends
-- where its running 調定 ends (floor), which adds up exactly; an installment corrected to 0 円 counts as 医療.
create or replace temp macro share_of(yen, from_yen, to_yen, whole_yen) as
    if(whole_yen is null, yen, yen * to_yen // whole_yen - yen * from_yen // whole_yen)::bigint;

create or replace table derived.rate_slice as
with two_years as (
    select
        rate.* exclude (spring_yen, spring_opening_yen),
        place.district_code,
        place.district_name,
        person.birth_date,
        levy.income_yen,
        assigned.in_charge,
        if(rate.fiscal_year = getvariable('fiscal_year') and rate.due_date < getvariable('as_of'), rate.unpaid_yen, 0) as overdue_yen
    from derived.rate_year as rate
    join derived.place as place using (atena_number)
    join source.person as person using (atena_number)
    left join source.nhi_levy as levy on levy.head_atena_number = rate.atena_number and levy.levy_year = rate.levy_year
    left join (
        select atena_number, arg_max(in_charge, (from_date, caseload_number)) as in_charge
        from source.caseload
        where from_date <= getvariable('as_of') and coalesce(to_date >= getvariable('as_of'), true)
        group by atena_number
    ) as assigned using (atena_number)
    where rate.fiscal_year >= getvariable('fiscal_year') - 1
), aged as (
    select *, date_part('year', age(make_date(fiscal_year, 4, 1), birth_date))::integer as years from two_years
), named as (
    select
        *,
        unnest([
            {'dimension': 'installment_no', 'part': installment_no, 'part_name': '第' || installment_no::integer || '期'},
            {'dimension': 'district', 'part': district_code, 'part_name': district_name},
            {'dimension': 'payment_method', 'part': payment_method, 'part_name': payment_method},
            {'dimension': 'levy_year', 'part': levy_year::varchar, 'part_name': levy_year::varchar},
            {'dimension': 'officer', 'part': coalesce(in_charge, ''), 'part_name': coalesce(in_charge, '担当なし')},
            case
                when years is null then {'dimension': 'age_band', 'part': '99', 'part_name': '生年月日なし'}
                when years < 30 then {'dimension': 'age_band', 'part': '20', 'part_name': '29歳以下'}
                when years >= 90 then {'dimension': 'age_band', 'part': '90', 'part_name': '90歳以上'}
                else {'dimension': 'age_band', 'part': (years // 10 * 10)::varchar, 'part_name': years // 10 * 10 || '代'}
            end,
            case
                when income_yen is null then {'dimension': 'income_class', 'part': '9', 'part_name': '賦課の資料なし'}
                when income_yen <= 0 then {'dimension': 'income_class', 'part': '0', 'part_name': '所得なし'}
                when income_yen <= 1000000 then {'dimension': 'income_class', 'part': '1', 'part_name': '100万円以下'}
                when income_yen <= 2000000 then {'dimension': 'income_class', 'part': '2', 'part_name': '200万円以下'}
                when income_yen <= 3000000 then {'dimension': 'income_class', 'part': '3', 'part_name': '300万円以下'}
                when income_yen <= 5000000 then {'dimension': 'income_class', 'part': '4', 'part_name': '500万円以下'}
                else {'dimension': 'income_class', 'part': '5', 'part_name': '500万円超'}
            end
        ], recursive := true)
    from aged
), component as (
    select
        notice_number,
        installment_no,
        component,
        rank,
        (sum(assessed_yen) over running - assessed_yen)::bigint as from_yen,
        (sum(assessed_yen) over running)::bigint as to_yen,
        (sum(assessed_yen) over (partition by notice_number, installment_no))::bigint as whole_yen
    from (
        select *, list_position(['医療', '後期支援', '介護', '子ども'], component) as rank
        from source.installment_component
        where assessed_yen > 0
    )
    window running as (partition by notice_number, installment_no order by rank)
), shared as (
    select
        two_years.* replace (
            share_of(opening_yen, from_yen, to_yen, whole_yen) as opening_yen,
            share_of(same_day_opening_yen, from_yen, to_yen, whole_yen) as same_day_opening_yen,
            share_of(received_yen, from_yen, to_yen, whole_yen) as received_yen,
            share_of(same_day_yen, from_yen, to_yen, whole_yen) as same_day_yen,
            share_of(written_off_yen, from_yen, to_yen, whole_yen) as written_off_yen,
            share_of(refund_due_yen, from_yen, to_yen, whole_yen) as refund_due_yen,
            share_of(overdue_yen, from_yen, to_yen, whole_yen) as overdue_yen
        ),
        'component' as dimension,
        coalesce(component.rank, 1)::varchar as part,
        coalesce(component.component, '医療') as part_name
    from two_years
    left join component using (notice_number, installment_no)
)
select * from named
union all by name
select * from shared
