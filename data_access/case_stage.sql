-- 段階: the step on which the case of a delinquent stands. The one rule of 徴収計画 and of アドホック分析.
-- The steps exclude each other; the first that fits counts. What is wholly under 執行停止 is nobody's work for now.
-- `contact_since`: whoever was spoken to on that day or later is being talked with (city.toml, contact_days).
create or replace macro case_stage(is_wholly_suspended, has_disposition, plan_state, is_partly_held, last_contact_on, contact_since, reminded_on, is_demand_missed) as
    case
        when is_wholly_suspended then '執行停止'
        when has_disposition then '差押など'
        when plan_state = '不履行' then '分納不履行'
        when plan_state = '履行中' then '分納履行中'
        when is_partly_held then '猶予中'
        when last_contact_on >= contact_since then '折衝中'
        when reminded_on is not null then '催告済'
        when is_demand_missed then '督促漏れ'
        else '督促まで'
    end;
