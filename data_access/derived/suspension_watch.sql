-- 停止の監視 on as_of: signs of means (law/suspension_watch.py explains one person) that no 執行停止 in force has known of.
-- grain: one stopped person × sign × evidence id. happened_on: after the newest decision in force; yen null where the record has none.
create or replace table derived.suspension_watch as
with rule as (
    select * from law.recovery_sign where getvariable('as_of') between from_date and to_date
), stopped as (
    select open_installment.atena_number, max(span.suspended_on) as suspended_on, list(distinct span.suspension_ground) as grounds
    from derived.suspension_span as span
    join derived.open_installment as open_installment using (notice_number, installment_no)
    where not span.is_extinguished  -- what is gone is watched no more
    group by open_installment.atena_number
), income as (
    select
        atena_number, tax_year, corrected_on, dependant_count,
        salary_revenue_yen + pension_revenue_yen + business_income_yen + farm_income_yen + rent_income_yen
            + dividend_income_yen + occasional_income_yen as revenue_yen
    from source.resident_tax
    semi join stopped using (atena_number)
    qualify row_number() over (partition by atena_number order by tax_year desc) = 1
), job as (
    select *
    from source.employment
    semi join stopped using (atena_number)
    qualify row_number() over (partition by atena_number, designated_number order by tax_year desc) = 1
), register as (
    select '土地' as property_kind, property_number, tax_year, atena_number, valuation_yen from source.property_tax_land
    union all by name
    select '家屋' as property_kind, property_number, tax_year, atena_number, valuation_yen from source.property_tax_building
), kept as (
    select property_kind, min(tax_year) as oldest, max(tax_year) as newest from register group by property_kind
), holding as (
    -- what is theirs in the newest register: the year they first had it, unless that is the oldest year there is
    select
        register.atena_number, register.property_kind, register.property_number,
        min(register.tax_year) as first_year, max_by(register.valuation_yen, register.tax_year) as valuation_yen
    from register
    semi join stopped using (atena_number)
    join kept using (property_kind)
    group by all
    having max(register.tax_year) = any_value(kept.newest) and min(register.tax_year) > any_value(kept.oldest)
), found as (
    select
        income.atena_number, '所得' as sign, greatest(make_date(income.tax_year, rule.known_month, rule.known_day), income.corrected_on) as happened_on,
        null::varchar as word, income.revenue_yen as yen, '住民税 ' || income.tax_year as evidence_id
    from income
    join rule on rule.sign = '所得'
    left join law.suspension_policy as policy
        on policy.levy_kind = '料' and getvariable('as_of') between policy.from_date and policy.to_date
    where greatest(income.revenue_yen, 0) // 12 > if(
        policy.hardship_monthly_yen is null,
        error('suspension.toml: ' || getvariable('as_of') || ' の値がありません。項目を足してください。'),
        policy.hardship_monthly_yen + policy.hardship_per_relative_yen * income.dependant_count)
    union all by name
    select atena_number, '勤務先' as sign, hired_on as happened_on, gross_yen as yen, '給報 ' || tax_year || '-' || designated_number as evidence_id
    from job
    where left_on is null or left_on > getvariable('as_of')
    union all by name
    select
        holding.atena_number, '土地・家屋' as sign, make_date(holding.first_year, rule.known_month, rule.known_day) as happened_on,
        holding.property_kind as word, holding.valuation_yen as yen, holding.property_kind || ' ' || holding.property_number as evidence_id
    from holding
    join rule on rule.sign = '土地・家屋'
    union all by name
    -- 所有権留保・リース: the vehicle is not theirs (地方税法444条)
    select atena_number, '車両' as sign, owned_from as happened_on, vehicle_kind as word, '軽自 ' || vehicle_number as evidence_id
    from source.light_vehicle
    where ownership = '本人所有' and (scrapped_on is null or scrapped_on > getvariable('as_of'))
    union all by name
    select
        atena_number, if(target = '居所', '居所判明', '財産調査') as sign, answered_on as happened_on, result as word,
        investigation_number as evidence_id
    from source.asset_investigation
    where is_confirmed and result is not null
    union all by name
    select
        assessment.atena_number, '納付' as sign, receipt.received_on as happened_on, receipt.channel as word,
        receipt.principal_yen + receipt.charge_yen as yen, receipt.receipt_number as evidence_id
    from source.receipt as receipt
    join source.annual_assessment as assessment using (notice_number)
    where receipt.receipt_kind = '収納'
    union all by name
    select atena_number, '転入' as sign, state_changed_on as happened_on, resident_state as word, '宛名' as evidence_id
    from derived.delinquent
)
select
    found.atena_number,
    found.sign,
    found.happened_on,
    found.yen::bigint as yen,
    found.evidence_id,
    rule.meaning,
    rule.article
from found
join stopped using (atena_number)
join rule using (sign)
where found.happened_on > stopped.suspended_on and found.happened_on <= getvariable('as_of')
  and list_has_any(rule.grounds, stopped.grounds)
  and (rule.counts is null or list_contains(rule.counts, found.word))
  and (rule.least_yen = 0 or found.yen >= rule.least_yen)
order by found.atena_number, found.happened_on desc, found.sign, found.evidence_id
