-- grain: one thing that happened in a delinquent's case, notes excepted (those live in derived.note)
create or replace table derived.timeline as
with paid as (
    select assessment.atena_number, receipt.received_on as happened_on,
           case when receipt.receipt_kind = '取消' then '収納取消' when receipt.receipt_kind = '還付' or receipt.principal_yen < 0 then '還付' else '収納' end as kind,
           assessment.levy_year || '年度 第' || receipt.installment_no::int || '期 ' || receipt.channel as summary,
           (receipt.principal_yen + receipt.charge_yen + receipt.fee_yen)::bigint as yen
    from source.receipt as receipt
    join source.annual_assessment as assessment using (notice_number)
), demanded as (
    select assessment.atena_number, demand.issued_on as happened_on, '督促' as kind,
           assessment.levy_year || '年度 第' || demand.installment_no::int || '期 指定期限 ' || demand.designated_deadline
               || case when demand.returned_on is not null then ' 返戻 ' || demand.returned_on else '' end
               || case when demand.withdrawn_on is not null then ' 引抜' else '' end as summary,
           null::bigint as yen
    from source.demand as demand
    join source.annual_assessment as assessment using (notice_number)
), corrected as (
    select assessment.atena_number, history.corrected_on as happened_on, '更正' as kind,
           assessment.levy_year || '年度 第' || history.installment_no::int || '期 ' || history.reason as summary,
           (history.after_yen - history.before_yen)::bigint as yen
    from source.assessment_history as history
    join source.annual_assessment as assessment using (notice_number)
), written_off as (
    select assessment.atena_number, write_off.written_off_on as happened_on, '不納欠損' as kind,
           assessment.levy_year || '年度 第' || write_off.installment_no::int || '期 ' || write_off.reason as summary,
           write_off.written_off_yen as yen
    from source.write_off as write_off
    join source.annual_assessment as assessment using (notice_number)
), pledged as (
    select atena_number, pledged_on as happened_on, '分納' as kind,
           case when is_written then '分納誓約（書面）' else '分納の申出（口頭）' end || ' ' || plan_state as summary, planned_yen as yen
    from derived.plan_state
    where plan_number not in (select event_id from derived.entry)  -- told by its entry
), disposed as (
    select disposition.atena_number, disposition.took_effect_on as happened_on, '処分' as kind,
           disposition.disposition_kind || '（' || disposition.asset_kind || '）'
               || case when disposition.ended_on is null then ' 継続中'
                       else ' ' || disposition.ended_on || ' ' || coalesce(disposition.end_reason, '終了') end as summary,
           sum(scope.claimed_yen)::bigint as yen
    from source.disposition as disposition
    left join source.disposition_installment as scope using (disposition_number)
    group by all
), suspended as (
    select atena_number, decided_on as happened_on, '執行停止' as kind,
           ground || case when cancelled_on is not null then ' 取消 ' || cancelled_on else '' end as summary, null::bigint as yen
    from source.suspension
), investigated as (
    select atena_number, asked_on as happened_on, '財産調査' as kind,
           target || ' ' || coalesce(result || '（' || answered_on || '）', '未回答') || case when is_confirmed then '' else ' 未確認' end as summary,
           null::bigint as yen
    from source.asset_investigation
), every_kind as (
    from paid union all by name from demanded union all by name from corrected union all by name from written_off
    union all by name from pledged union all by name from disposed union all by name from suspended
    union all by name from investigated
)
select *
from every_kind
where atena_number in (select atena_number from derived.delinquent)
order by atena_number, happened_on
