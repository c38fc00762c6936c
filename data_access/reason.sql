-- grain: one delinquent × queue (名簿) it belongs to, with the day and the yen that put it there
-- urgency orders the queues: what cannot be undone comes first. The thresholds are the city's (city.toml).
create view disclosed.reason as
with due as (
    select
        delinquent.*,
        setting.high_yen,
        delinquent.as_of - to_days(setting.new_days) as new_since,
        delinquent.as_of - to_days(setting.contact_days) as contact_since,
        delinquent.as_of + to_months(setting.prescription_months) as prescription_until
    from disclosed.delinquent as delinquent
    cross join serving.worklist_setting as setting
    where not coalesce(delinquent.is_wholly_suspended, true)
), reason as (
    select atena_ref, district_code, '時効間近' as queue, 1 as urgency, prescription_on as day, prescription_yen as yen
    from due where prescription_on <= prescription_until
    union all
    select atena_ref, district_code, '督促漏れ', 2, missed_demand_deadline, null
    from due where is_demand_missed
    union all
    select atena_ref, district_code, '分納不履行', 3, plan_missed_on, plan_missed_yen
    from due where plan_state = '不履行'
    union all
    select atena_ref, district_code, '速報あり', 4, null, flash_yen
    from due where flash_yen > 0
    union all
    select atena_ref, district_code, '高額', 5, oldest_due_date, unpaid_yen
    from due where unpaid_yen >= high_yen
    union all
    select atena_ref, district_code, '返戻・居所不明', 6, null, null
    from due where is_unreachable
    union all
    select atena_ref, district_code, '接触なし', 7, last_contact_on, null
    from due where coalesce(last_contact_on < contact_since, true) and oldest_due_date < contact_since
    union all
    select atena_ref, district_code, '新規', 8, oldest_due_date, unpaid_yen
    from due where oldest_due_date >= new_since
)
select * from reason;
