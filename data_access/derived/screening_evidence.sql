-- grain: one delinquent × ground (号) × criterion: what was found, from which record, how old
-- 15条の7第1項の各号ごとに、要件を1つずつ証拠に当てる。確認されていない・古い・未回答の資料では要件を満たさない。
create or replace table derived.screening_evidence as
with investigated as (
    select atena_number, target, result, is_confirmed, answered_on as dated_on, investigation_number as evidence_id
    from source.asset_investigation
    qualify row_number() over (
        partition by atena_number, target order by answered_on desc nulls last, asked_on desc, investigation_number desc) = 1
), detailed as (
    select atena_number, detail_kind as target, '継続中' as result, is_confirmed, started_on as dated_on, detail_number as evidence_id
    from source.delinquent_detail
    where ended_on is null or ended_on >= getvariable('as_of')
    qualify row_number() over (partition by atena_number, detail_kind order by started_on desc, detail_number desc) = 1
), registered as (
    select atena_number, '住民票' as target, resident_state as result, true as is_confirmed, state_changed_on as dated_on, '宛名' as evidence_id
    from derived.delinquent
), fact as (
    from investigated union all by name from detailed union all by name from registered
), asked as (
    select delinquent.atena_number, criterion.*
    from derived.delinquent as delinquent
    cross join law.screening_criterion as criterion
    where not delinquent.is_wholly_suspended
)
select
    asked.atena_number,
    asked.ground,
    asked.target,
    asked.meaning,
    asked.reference,
    asked.sensitivity,
    fact.result,
    fact.dated_on,
    fact.evidence_id,
    date_diff('day', fact.dated_on, getvariable('as_of')) as age_days,
    case
        when fact.atena_number is null then '資料なし'
        when fact.result is null then '未回答'
        when not fact.is_confirmed then '未確認'
        when asked.longest_age_days is not null and coalesce(age_days > asked.longest_age_days, true) then '期限切れ'
        when list_contains(asked.met_by, fact.result) then '満たす'
        else '反証'
    end as finding
from asked
left join fact using (atena_number, target)
