-- grain: 号 × verdict other than 非該当: how many and how many yen as the 要件 are, and if the longest age were $longest_age_days and those of $left_out were not asked
-- action: suspension_criterion.try
with tried as (
    select
        *,
        case
            when finding not in ('期限切れ', '満たす', '反証', '食い違い') then finding
            when longest_age_days is not null and coalesce(age_days > $longest_age_days, true) then '期限切れ'
            when not speaks_for then '反証'
            when is_contradicted then '食い違い'
            else '満たす'
        end as trial_finding,
        list_contains($left_out, ground || ' ' || clause || ' ' || target) as is_left_out
    from disclosed.screening_trial
    where $district is null or district_code = $district
), judged as (
    select
        atena_ref, ground, clause, any_value(active_yen) as active_yen,
        case
            when bool_or(finding = '反証') or not bool_or(speaks_for) then 2
            when bool_and(finding = '満たす') then 0
            else 1
        end as now,
        case
            when coalesce(bool_or(trial_finding = '反証') filter (where not is_left_out), false)
              or not coalesce(bool_or(speaks_for) filter (where not is_left_out), false) then 2
            when bool_and(trial_finding = '満たす') filter (where not is_left_out) then 0
            else 1
        end as tried
    from tried
    group by atena_ref, ground, clause
), nearest as (
    select atena_ref, ground, any_value(active_yen) as active_yen, min(now) as now, min(tried) as tried
    from judged
    group by atena_ref, ground
), verdict as (
    select unnest([{rank: 0, verdict: '該当の疑い'}, {rank: 1, verdict: '資料不足'}], recursive := true)
)
select
    ground,
    verdict,
    count(*) filter (where now = rank) as person_count,
    count(*) filter (where tried = rank) as tried_count,
    tried_count - person_count as count_change,
    coalesce(sum(active_yen) filter (where now = rank), 0)::bigint as active_yen,
    coalesce(sum(active_yen) filter (where tried = rank), 0)::bigint as tried_yen
from nearest
cross join verdict
group by ground, verdict, rank
order by ground, rank
