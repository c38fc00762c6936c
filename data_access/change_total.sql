-- grain: 額の種類 × district: what stood on the older day (期首) and what stands now (期末), of everything that is owed (change_owed.sql)
-- change_after holds every installment whose owner or district has changed (change_state.sql).
with edge as (
    select '期首' as term, before.atena_number as atena_number, before.due_date < $older_on as is_overdue, if(before.assessment_fiscal_year < $older_year, '滞繰', '現年') as year_class,
           if(after.district_code = 'S00', 'S00', before.district_code) as district_code, before.unpaid_yen as yen
    from change_owed_before as before
    left join change_after as after using (notice_number, installment_no)
    union all
    select '期末', atena_number, due_date < $newer_on, if(assessment_fiscal_year < $newer_year, '滞繰', '現年'), district_code, unpaid_yen
    from change_owed_after
)
select
    measure,
    term,
    district_code,
    count(*) as case_count,
    count(distinct atena_number) as person_count,
    coalesce(sum(yen) filter (where year_class = '現年'), 0)::bigint as current_yen,
    coalesce(sum(yen) filter (where year_class = '滞繰'), 0)::bigint as carried_yen,
    sum(yen)::bigint as yen
from edge
cross join (select unnest(['滞納額', '収入未済額']) as measure) as kind
where yen <> 0 and (measure = '収入未済額' or is_overdue)
group by all
