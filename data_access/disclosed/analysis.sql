-- THE GATE OF DATA, continued (アドホック分析 of those who may see the persons). The macros and the rule stand in ../disclosed.sql.

-- grain: one delinquent in the reader's districts, by bands only; questions count it. The step is that of 徴収計画. What is released to readers without
-- persons is made elsewhere (analysis_release.py), and is not this.
create view disclosed.analysis_person as
select
    delinquent.atena_ref,
    delinquent.district_code,
    delinquent.district_name,
    stage.case_stage,
    whole('C9', person.arrears_band) as arrears_band,
    shown('C2', person.age_band, person.age_band) as age_band,
    whole('C9', person.payment_method) as payment_method,
    whole('C5', person.income_class) as income_class,
    whole('C9', person.last_payment_band) as last_payment_band,
    whole('C9', person.amount_band) as amount_band,
    whole('C9', person.installment_count) as installment_count,
    whole('C9', person.unpaid_yen) as unpaid_yen,
    whole('C9', person.charge_yen) as charge_yen,
    whole('C9', person.year_paid_yen) as year_paid_yen
from serving.delinquent as delinquent
join derived.analysis_person as person using (atena_number)
join disclosed.case_stage as stage on stage.atena_ref = delinquent.atena_ref
where in_scope(delinquent.district_code);
