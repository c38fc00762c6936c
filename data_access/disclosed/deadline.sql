-- THE GATE OF DATA, continued (期限の見通し). The macros and the rule stand in ../disclosed.sql.

-- grain: one open installment × 期限の種類 of the reader's districts; month: the first day of the month of its day
create view disclosed.deadline as
select
    delinquent.atena_ref,
    shown('C2', delinquent.name, masked_name(delinquent.name)) as name,
    delinquent.district_code,
    delinquent.district_name,
    whole('C9', deadline.deadline_kind) as deadline_kind,
    whole('C9', deadline.day) as deadline_day,
    whole('C9', date_trunc('month', deadline.day)::date) as month,
    whole('C9', deadline.notice_number || '-' || deadline.installment_no) as installment_key,
    whole('C9', deadline.unpaid_yen) as yen
from derived.deadline as deadline
join serving.delinquent as delinquent using (atena_number)
where in_scope(delinquent.district_code);
