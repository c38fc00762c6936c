-- THE GATE OF DATA, continued (停止の監視). The macros and the rule stand in ../disclosed.sql.

-- grain: one installment under 執行停止 of a delinquent (not one that was extinguished with it), with both ends; ended_by: the one that comes first (law/suspension.py)
create view disclosed.suspended_installment as
with ending as (
    select *, if(is_held, null, completes_on) as dies_on
    from derived.case_installment
    where suspension_ground is not null and not is_extinguished
)
select
    delinquent.atena_ref,
    shown('C1', delinquent.atena_number, masked_number(delinquent.atena_number)) as atena_number_shown,
    shown('C2', delinquent.name, masked_name(delinquent.name)) as name,
    delinquent.district_code,
    delinquent.district_name,
    whole('C9', ending.levy_year) as levy_year,
    whole('C9', ending.installment_no) as installment_no,
    whole('C9', ending.unpaid_yen) as unpaid_yen,
    whole('C9', ending.suspension_ground) as ground,
    whole('C9', ending.suspended_on) as suspended_on,
    whole('C9', ending.three_years_on) as three_years_on,
    whole('C9', ending.dies_on) as prescription_on,
    whole('C9', least(ending.three_years_on, ending.dies_on)) as ends_on,
    whole('C9', if(ending.dies_on < ending.three_years_on, '時効', '3年の継続')) as ended_by
from ending
join serving.delinquent as delinquent using (atena_number)
where in_scope(delinquent.district_code);

-- grain: one sign of means of one stopped person. What leads to an employer or a house of a protected person is told to nobody.
create view disclosed.recovery_sign as
select
    delinquent.atena_ref,
    delinquent.district_code,
    whole('C9', watch.sign) as sign,
    whole('C9', watch.happened_on) as happened_on,
    whole('C5', watch.yen) as yen,
    case when kept_back(delinquent.is_protected) then '（非表示）' else whole('C5', watch.evidence_id) end as evidence_id,
    whole('C9', watch.meaning) as meaning,
    whole('C9', watch.article) as article
from derived.suspension_watch as watch
join serving.delinquent as delinquent using (atena_number)
where in_scope(delinquent.district_code);
