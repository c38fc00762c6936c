-- 差異: what the source system stores against what its own raw rows give, whatever differs and nothing else.
-- grain: item × installment (年調定額: × 通知書; installment_no is null there). stored_* is the source's, computed_* ours.
-- reason: the likeliest, from the amounts themselves. 確定延滞金額 is added by data_access/difference.py (law in Python).
create or replace table derived.difference as
with last_correction as (
    select notice_number, installment_no, before_yen, after_yen
    from source.assessment_history
    qualify row_number() over (partition by notice_number, installment_no order by correction_number desc) = 1
), single_receipt as (
    select notice_number, installment_no, list(distinct principal_yen) as each_yen
    from source.receipt
    group by all
), known as (
    select
        balance.*,
        last_correction.before_yen,
        last_correction.after_yen,
        coalesce(list_contains(single_receipt.each_yen, received_yen - stored_received_yen), false) as misses_one_receipt,
        assessed_yen - stored_received_yen + refund_due_yen - written_off_yen as unpaid_by_stored_received
    from derived.balance as balance
    left join last_correction using (notice_number, installment_no)
    left join single_receipt using (notice_number, installment_no)
), annual as (
    select
        assessment.atena_number,
        assessment.notice_number,
        assessment.assessed_yen as stored_yen,
        coalesce(sum(installment.assessed_yen), 0)::bigint as computed_yen
    from source.annual_assessment as assessment
    left join source.installment as installment using (notice_number)
    group by all
    having stored_yen <> computed_yen
), not_due as (
    -- before the 納期限 nothing can move the date: only the period itself counts (derived/prescription_period.sql)
    select
        balance.atena_number,
        notice_number,
        installment_no,
        if(balance.levy_kind = '料', stored_prescription_2y_on, stored_prescription_5y_on) as stored_on,
        if(balance.levy_kind = '料', stored_prescription_5y_on, stored_prescription_2y_on) as other_stored_on,
        cast(balance.due_date + 1 + to_months(cast(prescription_years * 12 as integer)) as date) as anniversary,
        anniversary - cast(day(anniversary) = day(balance.due_date + 1) as integer) as computed_on
    from derived.balance as balance
    join source.installment as installment using (notice_number, installment_no)
    join law.levy_policy
        on levy_policy.levy_kind = balance.levy_kind
        and balance.due_date between levy_policy.from_date and levy_policy.to_date
    where balance.unpaid_yen > 0 and balance.due_date >= getvariable('as_of')
), every_difference as (
    select
        '年調定額' as item, atena_number, notice_number, null::varchar as installment_no, stored_yen, computed_yen,
        '期別調定の合計と違う' as reason
    from annual
    union all by name
    select
        '調定額' as item, atena_number, notice_number, installment_no, assessed_yen as stored_yen, after_yen as computed_yen,
        '最後の更正が反映されていない' as reason
    from known
    where assessed_yen <> after_yen
    union all by name
    select
        '収納額' as item, atena_number, notice_number, installment_no, stored_received_yen as stored_yen, received_yen as computed_yen,
        case
            when misses_one_receipt then '反映されていない収納がある'
            when stored_received_yen > received_yen then '収納履歴にない入金がある'
            else '説明がつかない'
        end as reason
    from known
    where stored_received_yen <> received_yen
    union all by name
    select
        '収入未済額' as item, atena_number, notice_number, installment_no, stored_unpaid_yen as stored_yen, unpaid_yen as computed_yen,
        case
            when stored_unpaid_yen = unpaid_by_stored_received then '収納額の違いによる'
            when refund_due_yen > 0 and stored_unpaid_yen = unpaid_yen - refund_due_yen then '還付未済が反映されていない'
            when written_off_yen > 0 and stored_unpaid_yen = unpaid_yen + written_off_yen then '不納欠損が反映されていない'
            when stored_unpaid_yen - unpaid_yen = before_yen - after_yen then '最後の更正が反映されていない'
            else '説明がつかない'
        end as reason
    from known
    where stored_unpaid_yen <> unpaid_yen
    union all by name
    select
        '完納' as item, atena_number, notice_number, installment_no, stored_unpaid_yen as stored_yen, unpaid_yen as computed_yen,
        if(stored_unpaid_yen = 0, '未納が残るのに完納とされている', '完納なのに未納とされている') as reason
    from known
    where (stored_unpaid_yen = 0) <> (unpaid_yen = 0)
    union all by name
    select
        '時効' as item, atena_number, notice_number, installment_no, stored_on, computed_on, reason
    from derived.prescription_difference
    where reason <> '一致'
    union all by name
    select
        '時効' as item, atena_number, notice_number, installment_no, stored_on, computed_on,
        case
            when stored_on is null and other_stored_on = computed_on then '料と税の年数を取り違えている'
            when stored_on is null then '登録がない'
            when abs(stored_on - computed_on) = 1 then '初日の数え方が1日違う'
            when stored_on < computed_on then '説明がつかない（登録の方が早い）'
            else '説明がつかない（登録の方が遅い）'
        end as reason
    from not_due
    where stored_on is distinct from computed_on
)
select
    item,
    atena_number,
    notice_number,
    installment_no,
    stored_yen,
    computed_yen,
    stored_on,
    computed_on,
    reason
from every_difference
order by item, atena_number, notice_number, installment_no
