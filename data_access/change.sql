-- grain: 額の種類 × one installment × 区分 × district × what moved it between the two days (docs/decisions.md, 増減の内訳)
--
-- `before` and `after` are change_state.sql of the two. An installment that enters starts with what was unpaid when it
-- entered, and moves from there by what has happened since; one that was there moves by the difference of each sum. What
-- is left of `before` is thereby `after`, whatever is in them: change_total.sql and a test hold it.
-- Most installments are on both days what they were: change_state.sql leaves out most of them, `pair` the rest.
with pair as (
    select before, after, notice_number, installment_no
    from change_before as before
    full join change_after as after using (notice_number, installment_no)
    where before is distinct from after or $older_year <> $newer_year or after.due_date >= $older_on and after.due_date < $newer_on
), measured as (
    select
        *,
        measure,
        before.unpaid_yen is not null and (measure = '収入未済額' or before.due_date < $older_on) as was_in,
        after.unpaid_yen is not null and (measure = '収入未済額' or after.due_date < $newer_on) as is_in
    from pair
    cross join (select unnest(['滞納額', '収入未済額']) as measure) as kind
), based as (
    select
        *,
        case
            when was_in then before
            when measure = '滞納額' then struct_update(after, paid_yen := after.paid_yen - after.late_paid_yen,
                applied_yen := after.applied_yen - after.late_applied_yen, refunded_yen := after.refunded_yen - after.late_refunded_yen,
                cancelled_yen := after.cancelled_yen - after.late_cancelled_yen, written_off_yen := 0::bigint)
            else struct_update(after, paid_yen := 0::bigint, applied_yen := 0::bigint, refunded_yen := 0::bigint, cancelled_yen := 0::bigint,
                refund_due_yen := 0::bigint, written_off_yen := 0::bigint)
        end as base,
        after.assessment_fiscal_year as owed_for,
        if(before.assessment_fiscal_year < $older_year, '滞繰', '現年') as class_before,
        if(after.assessment_fiscal_year < $newer_year, '滞繰', '現年') as class_after,
        -- who is protected now is in no district of an earlier day either
        if(after.district_code = 'S00', 'S00', before.district_code) as district_before,
        after.district_code as district_after,
        before.atena_number <> after.atena_number as is_passed_on
    from measured
    where was_in or is_in
), started as (
    select
        *,
        (base.assessed_yen - base.paid_yen - base.applied_yen - base.refunded_yen - base.cancelled_yen + base.refund_due_yen - base.written_off_yen)::bigint as start_yen,
        case
            when was_in then class_before
            when owed_for < $older_year or measure = '滞納額' and class_after = '滞繰' and after.due_date >= $newer_year_opens then '滞繰'
            else '現年'
        end as class_at_start,
        if(was_in, district_before, district_after) as district_at_start
    from based
), moved as (
    select
        measure,
        notice_number,
        installment_no,
        coalesce(after.atena_number, before.atena_number) as atena_number,
        unnest(case when is_in then [
            {'term': case when was_in then null when measure = '収入未済額' then '新規調定'
                          when before.unpaid_yen is not null or after.due_date >= $older_on then '納期到来' else '過去の納期の調定' end,
             'year_class': class_at_start, 'district_code': district_at_start, 'yen': if(was_in, 0, start_yen)},
            {'term': if(is_passed_on, '名寄せ・承継（出）', '地区を出た'), 'year_class': class_at_start, 'district_code': district_at_start, 'yen': if(district_at_start <> district_after, -start_yen, 0)},
            {'term': if(is_passed_on, '名寄せ・承継（入）', '地区に入った'), 'year_class': class_at_start, 'district_code': district_after, 'yen': if(district_at_start <> district_after, start_yen, 0)},
            {'term': '滞繰へ', 'year_class': class_at_start, 'district_code': district_after, 'yen': if(class_at_start <> class_after, -start_yen, 0)},
            {'term': '滞繰入', 'year_class': class_after, 'district_code': district_after, 'yen': if(class_at_start <> class_after, start_yen, 0)},
            {'term': if(after.assessed_yen > base.assessed_yen, '更正増', '更正減'), 'year_class': class_after, 'district_code': district_after, 'yen': after.assessed_yen - base.assessed_yen},
            {'term': '収納', 'year_class': class_after, 'district_code': district_after, 'yen': base.paid_yen - after.paid_yen},
            {'term': '充当', 'year_class': class_after, 'district_code': district_after, 'yen': base.applied_yen - after.applied_yen},
            {'term': '収納の取消', 'year_class': class_after, 'district_code': district_after, 'yen': base.cancelled_yen - after.cancelled_yen},
            {'term': '還付', 'year_class': class_after, 'district_code': district_after, 'yen': base.refunded_yen - after.refunded_yen},
            {'term': '還付未済', 'year_class': class_after, 'district_code': district_after, 'yen': after.refund_due_yen - base.refund_due_yen},
            {'term': '不納欠損', 'year_class': class_after, 'district_code': district_after, 'yen': base.written_off_yen - after.written_off_yen}
        ] else [
            {'term': if(after.unpaid_yen is null, '調定の抹消', '納期の変更'), 'year_class': class_before, 'district_code': district_before, 'yen': -before.unpaid_yen}
        ] end, recursive := true)
    from started
    where not (was_in and is_in) or before.assessed_yen <> after.assessed_yen or before.paid_yen <> after.paid_yen or before.applied_yen <> after.applied_yen
       or before.cancelled_yen <> after.cancelled_yen or before.refunded_yen <> after.refunded_yen or before.refund_due_yen <> after.refund_due_yen
       or before.written_off_yen <> after.written_off_yen or class_before <> class_after or district_before <> district_after
)
select * from moved where yen <> 0
