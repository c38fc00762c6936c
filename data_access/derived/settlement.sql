-- grain: fiscal year of assessment × 科目 × installment number: the settlement identity, term by term
-- 調定額 = 収入済額 − 還付未済額 + 不納欠損額 + 収入未済額. Each term has its own source; difference_yen must be 0.
create or replace table derived.settlement as
select
    assessment_fiscal_year,
    levy_kind,
    installment_no,
    count(*) as installment_count,
    sum(assessed_yen)::bigint as assessed_yen,
    sum(received_yen)::bigint as received_yen,
    sum(refund_due_yen)::bigint as refund_due_yen,
    sum(written_off_yen)::bigint as written_off_yen,
    sum(stored_unpaid_yen)::bigint as unpaid_yen,
    (sum(assessed_yen) - sum(received_yen) + sum(refund_due_yen) - sum(written_off_yen) - sum(stored_unpaid_yen))::bigint as difference_yen,
    count(*) filter (where unpaid_yen <> stored_unpaid_yen) as unpaid_difference_count,
    count(*) filter (where received_yen <> stored_received_yen) as received_difference_count,
    count(*) filter (where unpaid_yen < 0) as negative_count
from derived.balance
group by all
order by all
