-- grain: one delinquent who is on a worklist, with every reason: the queue (名簿), the day and the yen behind it
-- What is wholly under 執行停止, also by a 決裁 since the snapshot, is on no queue but 時効経過: time runs on, and the day it has passed is
-- a person's to judge.
-- urgency orders the queues: what cannot be undone comes first. The thresholds are the city's (city.toml).
create view disclosed.worklist as
with due as (
    select
        delinquent.* replace (delinquent.active_yen - coalesce(since.stopped_yen, 0) as active_yen),
        delinquent.as_of - to_days(setting.new_days) as new_since,
        delinquent.as_of - to_days(setting.contact_days) as contact_since,
        delinquent.as_of + to_months(setting.prescription_months) as prescription_until,
        setting.high_yen,
        coalesce(delinquent.is_wholly_suspended or since.is_whole, delinquent.is_wholly_suspended, true) as is_left_alone
    from disclosed.delinquent as delinquent
    left join disclosed.stopped_since as since using (atena_ref)
    cross join serving.worklist_setting as setting
), reasoned as (
    select
        * exclude (new_since, contact_since, prescription_until, high_yen, is_left_alone),
        list_filter([
            if(prescription_on <= prescription_until, {'urgency': 1, 'queue': '時効間近', 'day': prescription_on, 'yen': prescription_yen}, null),
            if(is_demand_missed, {'urgency': 2, 'queue': '督促漏れ', 'day': missed_demand_deadline, 'yen': null::bigint}, null),
            if(plan_state = '不履行', {'urgency': 3, 'queue': '分納不履行', 'day': plan_missed_on, 'yen': plan_missed_yen}, null),
            if(flash_yen > 0, {'urgency': 4, 'queue': '速報あり', 'day': null::date, 'yen': flash_yen}, null),
            if(active_yen >= high_yen, {'urgency': 5, 'queue': '高額', 'day': oldest_due_date, 'yen': active_yen}, null),
            if(lapsed_on is not null, {'urgency': 6, 'queue': '時効経過', 'day': lapsed_on, 'yen': lapsed_yen}, null),
            if(is_unreachable, {'urgency': 7, 'queue': '返戻・居所不明', 'day': null::date, 'yen': null::bigint}, null),
            if(coalesce(last_contact_on < contact_since, true) and oldest_due_date < contact_since,
                {'urgency': 8, 'queue': '接触なし', 'day': last_contact_on, 'yen': null::bigint}, null),
            if(oldest_due_date >= new_since, {'urgency': 9, 'queue': '新規', 'day': oldest_due_date, 'yen': unpaid_yen}, null)
        ], lambda reason: reason is not null and (not is_left_alone or reason.queue = '時効経過')) as reasons
    from due
)
select *, reasons[1].urgency as urgency
from reasoned
where len(reasons) > 0;
