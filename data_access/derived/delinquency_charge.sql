-- 延滞金 of every open installment if what is left is paid on as_of, in yen (law/delinquency_charge.py explains one).
-- grain: one row per open installment; 0 yen is a row too.
-- Whole numbers only: a rate is an exact fraction, every segment is cut to whole yen, the sum is rounded once.
-- Fails, naming the remedy, when a day has no rate or a due date no city settings; it never extrapolates.
create or replace table derived.delinquency_charge as
with installment as (
    select
        open_installment.notice_number,
        open_installment.installment_no,
        open_installment.due_date,
        open_installment.assessed_yen,
        levy_policy.*,
        due_date + 1 as starts_on,
        cast(due_date + 1 + to_months(first_months) as date) as anniversary
    from derived.open_installment
    left join law.levy_policy
        on levy_policy.levy_kind = open_installment.levy_kind
        and open_installment.due_date between levy_policy.from_date and levy_policy.to_date
),
-- last low-rate day: the day before the anniversary, or the month's end where the day does not exist (民法143条2項)
first_period as (
    select *, anniversary - cast(day(anniversary) = day(starts_on) as integer) as first_ends_on
    from installment
),
-- what was paid by the due date counts on the due date; a payment on as_of changes nothing any more
payment as (
    select
        receipt.notice_number,
        receipt.installment_no,
        greatest(receipt.received_on, installment.due_date) as paid_on,
        cast(sum(receipt.principal_yen) as bigint) as paid_yen
    from source.receipt
    join installment using (notice_number, installment_no)
    where receipt.received_on < getvariable('as_of')
    group by all
    having sum(receipt.principal_yen) <> 0
),
cut as (
    select notice_number, installment_no, paid_on, paid_yen from payment
    union all
    select notice_number, installment_no, due_date, 0 from installment
    anti join payment on
        payment.notice_number = installment.notice_number
        and payment.installment_no = installment.installment_no
        and payment.paid_on = installment.due_date
),
balance as (
    select
        notice_number,
        installment_no,
        paid_on + 1 as from_date,
        coalesce(lead(paid_on) over run, cast(getvariable('as_of') as date)) as to_date,
        cast(sum(paid_yen) over run as bigint) as paid_yen
    from cut
    window run as (partition by notice_number, installment_no order by paid_on)
),
-- the base of each run of days: the balance cut to full thousands, nothing below the minimum
base as (
    select
        first_period.* exclude (from_date, to_date),
        balance.from_date,
        balance.to_date,
        least(assessed_yen, greatest(0, assessed_yen - paid_yen)) as balance_yen,
        case
            when if(min_base_on_balance, balance_yen, assessed_yen) < base_minimum_yen then 0
            else balance_yen // base_unit_yen * base_unit_yen
        end as base_yen
    from balance
    join first_period using (notice_number, installment_no)
    where balance.from_date <= balance.to_date
),
part as (
    select *, 'first' as period, from_date as part_from, least(to_date, first_ends_on) as part_to
    from base
    where base_yen > 0 and from_date <= first_ends_on
    union all
    select *, 'after' as period, greatest(from_date, first_ends_on + 1) as part_from, to_date as part_to
    from base
    where base_yen > 0 and to_date > first_ends_on
),
segment as (
    select
        part.notice_number,
        part.installment_no,
        least(part_to, rate.to_date) - greatest(part_from, rate.from_date) + 1 as days,
        base_yen * days * rate_numerator // (rate_denominator * days_per_year) as yen
    from part
    join law.delinquency_rate as rate
        on rate.period = part.period
        and rate.from_date <= part.part_to
        and rate.to_date >= part.part_from
),
charged as (
    select notice_number, installment_no, sum(days) as days, cast(sum(yen) as bigint) as yen
    from segment
    group by notice_number, installment_no
),
expected as (
    select notice_number, installment_no, sum(part_to - part_from + 1) as days
    from part
    group by notice_number, installment_no
)
select
    installment.notice_number,
    installment.installment_no,
    case
        when levy_policy_missing then error('levy_policy.toml: 納期限 ' || installment.due_date || ' の値がありません。')
        when coalesce(charged.days, 0) <> coalesce(expected.days, 0)
            then error('delinquency_charge.toml: 割合のない日があります（納期限 ' || installment.due_date || '）。')
        when charged.yen >= result_minimum_yen then charged.yen // result_unit_yen * result_unit_yen
        else 0
    end as charge_yen
from (select *, levy_kind is null as levy_policy_missing from installment) as installment
left join charged using (notice_number, installment_no)
left join expected using (notice_number, installment_no)
