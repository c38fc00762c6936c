-- grain: one delinquent × ground (号) × clause (場合) × criterion: what was found, from which record, how old
-- 15条の7第1項の各号の場合ごとに、要件を1つずつ証拠に当てる (law/screening.py explains one person). 確認されていない・古い・
-- 未回答・新しい記録と食い違う資料では要件を満たさない。speaks_for: the record would meet it, were it confirmed, new enough and
-- contradicted by nothing. contradiction: the newest record that stands against one that speaks for it, however old that is.
create or replace table derived.screening_evidence as
with record as (
    select
        atena_number, target, result, is_confirmed, answered_on as dated_on, null::date as ended_on, asked_on,
        investigation_number as evidence_id
    from source.asset_investigation
    union all by name
    select
        atena_number, detail_kind as target, '継続中' as result, is_confirmed, started_on as dated_on, ended_on, null::date as asked_on,
        detail_number as evidence_id
    from source.delinquent_detail
    union all by name
    select
        atena_number, '住民票' as target, resident_state as result, true as is_confirmed, state_changed_on as dated_on,
        null::date as ended_on, null::date as asked_on, '宛名' as evidence_id
    from derived.delinquent
    union all by name
    select
        atena_number, '破産' as target, if(closed_on <= getvariable('as_of'), '終了', '手続中') as result, true as is_confirmed,
        if(closed_on <= getvariable('as_of'), closed_on, opened_on) as dated_on, null::date as ended_on, null::date as asked_on,
        court_case_number as evidence_id
    from source.court_case
    where case_kind = '破産'
    union all by name
    select
        atena_number, '相続' as target, if(count(*) = count(*) filter (renounced_on <= getvariable('as_of')), '全員が放棄', '放棄していない人がいる') as result,
        true as is_confirmed, max(renounced_on) filter (renounced_on <= getvariable('as_of')) as dated_on, null::date as ended_on, null::date as asked_on,
        '相続人' as evidence_id
    from source.heir
    group by atena_number
    union all by name
    -- 家計: an income that is missing could lift the household above the line; who has died or was struck off lives nowhere here
    select
        hardship.atena_number, '家計' as target,
        case when resident_state <> '現住' then '世帯がない' when line = '目安を超える' then line else '目安以下' end as result,
        resident_state <> '現住' or line <> '資料不足' as is_confirmed,
        if(resident_state = '現住', known_on, getvariable('as_of')) as dated_on, null::date as ended_on, null::date as asked_on,
        if(resident_state = '現住', '住民税-' || oldest_tax_year, '宛名') as evidence_id
    from derived.household_hardship as hardship
    join derived.delinquent as delinquent using (atena_number)
    where (resident_state = '現住' and recorded_count > 0) or resident_state in ('死亡', '職権消除')
), newest as (
    from record
    where coalesce(dated_on <= getvariable('as_of'), true) and coalesce(ended_on >= getvariable('as_of'), true)
    qualify row_number() over (
        partition by atena_number, target order by dated_on desc nulls last, asked_on desc nulls last, evidence_id desc) = 1
), asked as (
    select delinquent.atena_number, criterion.*, rule.longest_age_days, rule.sensitivity
    from derived.delinquent as delinquent
    cross join law.screening_criterion as criterion
    join law.screening_record as rule using (target)
    where not delinquent.is_wholly_suspended
      and getvariable('as_of') between criterion.from_date and criterion.to_date
      and getvariable('as_of') between rule.from_date and rule.to_date
)
select
    asked.atena_number,
    asked.ground,
    asked.clause,
    asked.rank,
    asked.target,
    asked.meaning,
    asked.article,
    asked.sensitivity,
    newest.result,
    newest.dated_on,
    newest.evidence_id,
    date_diff('day', newest.dated_on, getvariable('as_of')) as age_days,
    asked.longest_age_days,
    coalesce(list_contains(asked.met_by, newest.result), false) as speaks_for,
    if(speaks_for, newer.record, null) as contradiction,
    if(speaks_for, newer.dated_on, null) as contradicted_on,
    if(speaks_for, newer.evidence_id, null) as contradiction_id,
    case
        when newest.atena_number is null then '資料なし'
        when newest.result is null then '未回答'
        when not newest.is_confirmed then '未確認'
        when asked.longest_age_days is not null and coalesce(age_days > asked.longest_age_days, true) then '期限切れ'
        when not speaks_for then '反証'
        when contradiction is not null then '食い違い'
        else '満たす'
    end as finding
from asked
left join newest using (atena_number, target)
-- a day has no order in itself: what is of the same day is not older
left join derived.screening_contradiction as newer
    on newer.atena_number = newest.atena_number and newer.target = newest.target and newer.result = newest.result and newer.dated_on >= newest.dated_on
