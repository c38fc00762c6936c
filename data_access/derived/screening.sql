-- grain: one delinquent × ground (号): 該当の疑い, 資料不足 or 非該当
-- 反証が1つでもあれば非該当。全て満たせば疑い。満たすものがあって残りが欠けていれば資料不足。決めるのは人。
create or replace table derived.screening as
with counted as (
    select
        atena_number,
        ground,
        count(*) as criterion_count,
        count(*) filter (where finding = '満たす') as met_count,
        count(*) filter (where finding = '反証') as refuted_count,
        list(target || '：' || finding order by target) filter (where finding not in ('満たす', '反証')) as missing
    from derived.screening_evidence
    group by all
)
select
    atena_number,
    ground,
    criterion_count,
    met_count,
    coalesce(array_to_string(missing, '、'), '') as missing,
    case
        when refuted_count > 0 or met_count = 0 then '非該当'
        when met_count = criterion_count then '該当の疑い'
        else '資料不足'
    end as verdict
from counted
order by atena_number, ground
