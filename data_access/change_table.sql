-- What change.py has compared, per older snapshot; empty until somebody asks.
create table serving.change_moved (
    older_id varchar, measure varchar, notice_number varchar, installment_no varchar, atena_number varchar,
    term varchar, year_class varchar, district_code varchar, yen bigint
);
create table serving.change_total (
    older_id varchar, measure varchar, term varchar, district_code varchar,
    case_count bigint, person_count bigint, current_yen bigint, carried_yen bigint, yen bigint
);
