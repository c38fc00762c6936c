-- What bars an attachment of an open installment on as_of (law/demand.py explains one; the reasons stand in demand.toml).
-- grain: one bar in force × open installment. 破産手続 is an open case of the court's own table: a 破産免責 among the
-- 詳細情報 is no bar, because the proceedings are over and taxes and premiums are not discharged (破産法253条1項1号).
-- 支援措置 is left to disclosed.sql: only those with its clearance learn of it. 更生・再生の中止命令 has no feed.
create or replace table derived.seizure_bar as
with barred as (
    select notice_number, installment_no, event_kind as reason
    from derived.grace_span
    where event_kind = '徴収猶予' and getvariable('as_of') between from_date and runs_to
    union
    select notice_number, installment_no, '執行停止' from derived.suspension_span
    union
    select open_installment.notice_number, open_installment.installment_no, '破産手続'
    from source.court_case as court_case
    join derived.open_installment as open_installment using (atena_number)
    where court_case.case_kind = '破産'
        and court_case.opened_on <= getvariable('as_of')
        and coalesce(court_case.closed_on >= getvariable('as_of'), true)
)
select
    barred.notice_number,
    barred.installment_no,
    if(
        bar.reason is null,
        error('demand.toml の seizure_bar に「' || barred.reason || '」がありません。根拠とともに書き足してください。'),
        bar.reason
    ) as reason,
    bar.rank
from barred
left join law.seizure_bar as bar using (reason)
where bar.reason is null or getvariable('as_of') between bar.from_date and bar.to_date
