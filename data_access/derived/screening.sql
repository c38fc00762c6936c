-- grain: one delinquent × ground (号): 該当の疑い, 資料不足 or 非該当, by the clause (場合) of the 号 that comes nearest
-- 反証が1つでもあれば非該当。全て満たせば疑い。満たすか、確認・更新・再調査すれば満たす資料があって残りが欠けていれば資料不足。決めるのは人。
create or replace table derived.screening as
with judged as (
    select
        atena_number,
        ground,
        clause,
        min(rank) as rank,
        count(*) as criterion_count,
        count(*) filter (where finding = '満たす') as met_count,
        list(target || '：' || finding order by rank) filter (where finding not in ('満たす', '反証')) as missing,
        list(evidence_id order by rank) filter (where evidence_id is not null) as evidence_ids,
        case
            when bool_or(finding = '反証') or not bool_or(speaks_for) then '非該当'
            when met_count = criterion_count then '該当の疑い'
            else '資料不足'
        end as verdict
    from derived.screening_evidence
    group by all
)
select
    atena_number,
    ground,
    clause,
    criterion_count,
    met_count,
    coalesce(array_to_string(missing, '、'), '') as missing,
    coalesce(evidence_ids, []) as evidence_ids,
    verdict
from judged
qualify row_number() over (
    partition by atena_number, ground
    order by case verdict when '該当の疑い' then 0 when '資料不足' then 1 end nulls last, met_count desc, rank) = 1
order by atena_number, ground
