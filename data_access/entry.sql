-- grain: one entry that officers wrote and that stands (the snapshot's and newer ones), as the 経過 tells it
-- Made anew whenever something arrives, so that a question does not have to. An heir's number is not told: whoever can write one could
-- learn from how it is shown whether that person is under 支援措置. disclosed.heir names those who may be named.
create or replace table serving.entry as
with every_entry as (
    select * from source.ledger_entry
    union all by name
    select * from serving.live_entry
), standing as (
    select
        *,
        coalesce(json_array_length(payload, '$.installments'), json_array_length(payload, '$.written_off')) || '期' as scope,
        if((payload ->> '$.is_immediate')::boolean or payload ->> '$.extinction_ground' is not null,
            concat_ws('・', if((payload ->> '$.is_immediate')::boolean, '即時消滅', null), payload ->> '$.extinction_ground'), null) as at_once,
        regexp_replace(kind, '_(proposal|review|declining)$', '') as matter,
        case when kind like '%\_proposal' escape '\' then '起案' when kind like '%\_review' escape '\' then '審査' when kind like '%\_declining' escape '\' then '起案の差戻し・取下げ' end as step
    from every_entry
    where event_id not in (select corrects from every_entry where corrects is not null)
)
select
    atena_number,
    event_id,
    kind,
    payload ->> '$.plan' as plan,
    payload ->> '$.mark' as mark,
    payload ->> '$.finding' as finding,
    if(kind in ('residence_finding', 'mailing_address_finding'), confirmed <> '未確認', null) as is_confirmed,
    payload ->> '$.proposal' as proposal,
    payload ->> '$.ground' as ground,
    payload ->> '$.cancel_ground' as cancel_ground,
    (payload ->> '$.suspended_on')::date as suspended_on,
    payload ->> '$.decision' as decision,
    list_transform(json_extract(payload, '$.written_off[*]'),
        lambda each: (each ->> '$.notice_number') || '-' || (each ->> '$.installment_no')) as written_off,
    json_extract(payload, '$.written_off[*].yen')::bigint[] as written_off_yen,
    payload ->> '$.reason' as reason,
    (payload ->> '$.extinct_on')::date as extinct_on,
    (payload ->> '$.is_partial')::boolean as is_partial,
    (payload ->> '$.is_immediate')::boolean as is_immediate,
    payload ->> '$.extinction_ground' as extinction_ground,
    payload ->> '$.extinction_reason' as extinction_reason,
    json_extract_string(payload, '$.lacking[*]') as lacking,
    payload ->> '$.reversal_ground' as reversal_ground,
    json_extract_string(payload, '$.evidence_ids[*]') as evidence_ids,
    list_transform(json_extract(payload, '$.installments[*]'), lambda each: (each ->> '$.notice_number') || '-' || (each ->> '$.installment_no')) as installment_keys,
    matter,
    step,
    occurred_on as happened_on,
    case matter
        when 'identity_check' then '本人確認'
        when 'installment_plan' then '分納'
        when 'plan_cancellation' then '分納'
        when 'reminder' then '催告'
        when 'residence_finding' then '居所調査'
        when 'charge_waiver' then '延滞金減免'
        when 'succession' then '承継'
        when 'mailing_address_finding' then '送付先'
        when 'finding_confirmation' then '調査結果の確認'
        when 'slip_issue' then '納付書発行'
        when 'allocation_record' then '充当'
        when 'suspension_decision' then '執行停止'
        when 'suspension_cancellation' then '執行停止'
        when 'write_off_decision' then '不納欠損'
        when 'write_off_reversal' then '不納欠損'
        when 'duplicate_decision' then '名寄せ'
        when 'protection_mark' then '支援措置'
        when 'protection_lift' then '支援措置'
        else kind
    end as shown_kind,
    if(step is not null, concat_ws(' ',
        case matter when 'suspension_decision' then '停止の' when 'suspension_cancellation' then '停止取消の'
            when 'write_off_decision' then '欠損の' when 'write_off_reversal' then '欠損取消の' end || step,
        payload ->> '$.ground', payload ->> '$.cancel_ground', payload ->> '$.reason', payload ->> '$.reversal_ground', scope, if((payload ->> '$.is_partial')::boolean, '一部', null),
        at_once, if(json_array_length(payload, '$.lacking') > 0, '資料不足のまま', null)),
    case kind
        when 'identity_check' then concat_ws(' ', payload ->> '$.place', payload ->> '$.counterpart', payload ->> '$.means', payload ->> '$.outcome')
        when 'installment_plan' then concat_ws(' ',
            if((payload ->> '$.is_written')::boolean, '分納誓約（書面）', '分納の申出（口頭）'), scope,
            json_array_length(payload, '$.parts') || '回', payload ->> '$.parts[0].promised_on' || '〜' || (payload ->> '$.parts[#-1].promised_on'))
        when 'plan_cancellation' then '分納の取消 ' || (payload ->> '$.reason')
        when 'reminder' then concat_ws(' ', payload ->> '$.letter', scope, if((payload ->> '$.is_claim')::boolean, '民法150条の催告', null))
        when 'residence_finding' then concat_ws(' ', payload ->> '$.source', payload ->> '$.result', confirmed)
        when 'charge_waiver' then (payload ->> '$.ground') || ' ' || json_array_length(payload, '$.waived') || '期'
        when 'mailing_address_finding' then concat_ws(' ', '送付先判明', payload ->> '$.source', confirmed)
        when 'finding_confirmation' then payload ->> '$.means'
        when 'slip_issue' then json_array_length(payload, '$.slips') || '期 使用期限 ' || (payload ->> '$.valid_until')
        when 'allocation_record' then (payload ->> '$.proceeds') || ' ' || (payload ->> '$.collected_yen') || '円のうち '
            || json_array_length(payload, '$.allocated') || '期' || if((payload ->> '$.has_surplus')::boolean, '（残余あり）', '')
        when 'suspension_decision' then concat_ws(' ', '停止の決定', payload ->> '$.ground', scope, at_once)
        when 'suspension_cancellation' then concat_ws(' ', '停止の取消', payload ->> '$.cancel_ground', scope)
        when 'write_off_decision' then concat_ws(' ', '欠損の決定', payload ->> '$.reason', scope, at_once)
        when 'write_off_reversal' then concat_ws(' ', '欠損の取消', payload ->> '$.reversal_ground')
        when 'protection_mark' then '支援措置あり ' || (payload ->> '$.told_by')
        when 'protection_lift' then '支援措置の解除 ' || (payload ->> '$.lift_ground')
        when 'succession' then '相続人 持分 ' || (payload ->> '$.share_numerator') || '/' || (payload ->> '$.share_denominator')
        when 'duplicate_decision' then '候補の判断 ' || (payload ->> '$.judgement')
    end) as summary,
    list_sum(json_extract(payload, '$.parts[*].promised_yen')::bigint[] || json_extract(payload, '$.*[*].yen')::bigint[])::bigint as yen,
    json_extract(payload, '$.basis') as basis,
    payload ->> '$.address' as place,
    if(kind = 'duplicate_decision', payload ->> '$.reason', nullif(concat_ws(chr(10), payload ->> '$.said_reason',
        '即時消滅とする理由: ' || (payload ->> '$.extinction_reason')), '')) as body,
    payload ->> '$.suspect[0].evidence' as evidence,
    officer_name as written_by,
    recorded_at,
    seq
from standing
left join (select payload ->> '$.finding' as event_id, '確認 ' || any_value(officer_name) as by_account from standing where kind = 'finding_confirmation' group by all)
    as confirmation using (event_id)
cross join lateral (
    -- a name that was typed, as entries of before have it, is told apart from an account that confirmed
    select coalesce(by_account, '確認（氏名の記入による） ' || (payload ->> '$.confirmed_by'), '未確認') as confirmed
) as told;

-- grain: one installment of which a 停止 was decided here since the snapshot and is not taken back: nobody is to be urged to seize for it
create or replace table serving.stopped_since as
with step as (
    select atena_number, unnest(installment_keys) as installment_key, kind, seq, happened_on, is_immediate
    from serving.entry
    where kind in ('suspension_decision', 'suspension_cancellation') and event_id in (select event_id from serving.live_entry)
)
select
    atena_number,
    split_part(installment_key, '-', 1) as notice_number,
    split_part(installment_key, '-', 2) as installment_no,
    max(happened_on) as stopped_on,
    arg_max(coalesce(is_immediate, false), seq) as is_extinguished
from step
group by all
having arg_max(kind, seq) = 'suspension_decision';

-- grain: one person with such installments. is_whole: nothing is left that a 停止 could cover. Made here, or every list would look for it
create or replace table serving.stopped_person as
select
    installment.atena_number,
    max(since.stopped_on) as stopped_on,
    count(since.stopped_on) as stopped_count,
    count(*) filter (since.is_extinguished) as extinguished_count,
    coalesce(sum(installment.unpaid_yen) filter (since.stopped_on is not null), 0)::bigint as stopped_yen,
    bool_and(since.stopped_on is not null) as is_whole
from derived.case_installment as installment
left join serving.stopped_since as since using (atena_number, notice_number, installment_no)
where installment.atena_number in (select atena_number from serving.stopped_since)
  and installment.is_overdue and installment.suspension_ground is null
  and not (installment.claim_state is not distinct from '消滅' and not installment.needs_person)
group by installment.atena_number
having count(since.stopped_on) > 0;

-- grain: one person of whom a 執行停止 or a 不納欠損 was proposed or decided here and who owes nothing any more. Looked up here, because
-- the latest row of everybody (source.person) is looked through for it.
create or replace table serving.settled_subject as
with settled as (
    select distinct atena_number
    from serving.entry
    where matter in ('suspension_decision', 'suspension_cancellation', 'write_off_decision', 'write_off_reversal')
      and atena_number not in (select atena_number from derived.delinquent)
), latest as (
    select *
    from source.person_history
    semi join settled using (atena_number)
    qualify row_number() over (partition by atena_number order by history_number desc) = 1
)
select latest.atena_number, reference.atena_ref, latest.name
from latest
join source.atena_reference as reference using (atena_number)
where not latest.is_deleted
