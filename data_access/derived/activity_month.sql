-- grain: kind of work × month, in this fiscal year and the one before: how often, for how many people, how many yen; nobody named
create or replace table derived.activity_month as
with owner as (
    select notice_number, atena_number from source.annual_assessment
), claimed as (
    select disposition_number, sum(claimed_yen)::bigint as yen from source.disposition_installment group by all
), deferred as (
    select grace_number, sum(deferred_yen)::bigint as yen from source.grace_installment group by all
), stop as (
    select suspension_number, '執行停止' as activity, decided_on as done_on, atena_number from source.suspension
    union all
    select suspension_number, '執行停止の取消', cancelled_on, atena_number from source.suspension where cancelled_on is not null
), scope as (
    select stop.suspension_number, stop.activity, stop.done_on, notice_number, installment_no, installment.assessed_yen
    from stop
    join source.suspension_installment using (suspension_number)
    join source.installment as installment using (notice_number, installment_no)
), moved as (
    -- as it stood on the day: what was corrected since is undone, what came in or was written off since is not counted
    select suspension_number, activity, assessed_yen as yen from scope
    union all
    select suspension_number, activity, arg_min(before_yen, (corrected_on, correction_number)) - any_value(assessed_yen)
    from scope join source.assessment_history using (notice_number, installment_no)
    where corrected_on > done_on
    group by suspension_number, activity, notice_number, installment_no
    union all
    select suspension_number, activity, -principal_yen from scope join source.receipt using (notice_number, installment_no) where booked_on <= done_on
    union all
    select suspension_number, activity, overpaid_yen - if(coalesce(settled_on <= done_on, false), settled_yen, 0)
    from scope join source.overpayment using (notice_number, installment_no)
    where arose_on <= done_on
    union all
    select suspension_number, activity, -written_off_yen from scope join source.write_off using (notice_number, installment_no) where written_off_on <= done_on
), stopped as (
    select suspension_number, activity, sum(yen)::bigint as yen from moved group by all
), done as (
    select '督促状の発付' as activity, issued_on as done_on, atena_number, null::bigint as yen
    from source.demand join owner using (notice_number)
    where withdrawn_on is null
    union all
    select '督促状の返戻', returned_on, atena_number, null from source.demand join owner using (notice_number)
    union all
    select document_kind || 'の発送', dispatched_on, atena_number, null from source.document where document_kind in ('催告書', '差押予告書')
    union all
    select '交渉の記録', contacted_on, atena_number, null from derived.note
    union all
    select '口座振替の請求', transfer_on, atena_number, transfer_yen from source.account_transfer join owner using (notice_number)
    union all
    select '口座振替の不能', transfer_on, atena_number, transfer_yen from source.account_transfer join owner using (notice_number) where transfer_result <> '振替済'
    union all
    select '分納の誓約', pledged_on, atena_number, planned_yen from derived.plan_state
    union all
    select case grace_kind when '徴収猶予' then '徴収猶予の許可' else '換価の猶予' end, granted_on, atena_number, deferred.yen
    from source.grace left join deferred using (grace_number)
    union all
    select disposition_kind, took_effect_on, atena_number, claimed.yen from source.disposition left join claimed using (disposition_number)
    union all
    select '取立・配当の充当', allocated_on, atena_number, principal_yen + charge_yen + fee_yen from source.allocation join owner using (notice_number)
    union all
    select stop.activity, stop.done_on, stop.atena_number, stopped.yen from stop left join stopped using (suspension_number, activity)
    union all
    select '不納欠損', written_off_on, atena_number, written_off_yen from source.write_off join owner using (notice_number)
    union all
    select '過誤納の還付・充当', settled_on, atena_number, settled_yen from source.overpayment join owner using (notice_number)
)
select
    activity,
    year.fiscal_year,
    date_trunc('month', done_on)::date as month,
    count(*) as case_count,
    count(distinct atena_number) as person_count,
    sum(yen)::bigint as yen
from done
asof join law.fiscal_year as year on done_on >= year.opens_on
where year.fiscal_year >= getvariable('fiscal_year') - 5 and done_on <= getvariable('as_of')
group by all
order by all
