-- grain: one overdue installment of a delinquent, or a paid one of which 延滞金 is left: what its 延滞金 and 時効 are computed from
-- action: case.read
select levy_year, installment_no, levy_kind, due_date, assessed_yen, unpaid_yen, charge_yen, forced_charge_yen, prescription_on, is_held,
       extinct_from, demand_deadline, seizable_from, is_demand_missed, seizure_bars, seizure_cautions, claim_state,
       suspension_ground, suspended_on, three_years_on, is_extinguished, is_overdue, left_charge_yen, left_charge_stopped_on
from disclosed.installment
where atena_ref = $atena_ref and installment_key = $installment_key and (is_overdue or left_charge_yen > 0)
