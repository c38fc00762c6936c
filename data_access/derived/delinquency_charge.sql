-- 延滞金 of every open installment if what is left is paid on as_of, in yen (law/delinquency_charge.py explains one).
-- grain: one row per open installment; 0 yen is a row too. charge_yen is still due: computed_yen, or what
-- the source system fixed by hand instead (forced_charge_yen), less charge_paid_yen.
-- Whole numbers only: a rate is an exact fraction, every segment is cut to whole yen, the sum is rounded once.
-- Fails, naming the remedy, when a day has no rate or a due date no city settings; it never extrapolates.
create or replace table derived.delinquency_charge as
with installment as (
    select
        open_installment.notice_number,
        open_installment.installment_no,
        open_installment.due_date,
        open_installment.assessed_yen,
        levy_policy.* exclude (from_date, to_date),
        if(charge_start_basis = 'due_date', open_installment.due_date, demand_state.designated_deadline) as basis,
        basis + 1 as starts_on,
        cast(starts_on + to_months(cast(first_months as integer)) as date) as anniversary,
        cast(date_trunc('month', basis) as date) as month_start
    from derived.open_installment
    -- read only where some city counts from the 指定期限
    left join (
        from derived.demand_state where exists (from law.levy_policy where charge_start_basis <> 'due_date')
    ) as demand_state using (notice_number, installment_no)
    left join law.levy_policy
        on levy_policy.levy_kind = open_installment.levy_kind
        and open_installment.due_date between levy_policy.from_date and levy_policy.to_date
),
-- last low-rate day: the day before the anniversary, or the month's end where the day does not exist (民法143条2項)
first_period as (
    select
        installment.*,
        if(
            -- the last day of the month before rolled forward to this due date
            first_period_ends_with_month and coalesce(calendar_day.opens_on = basis, false),
            cast(month_start + to_months(cast(first_months as integer)) as date) - 1,
            anniversary - cast(day(anniversary) = day(starts_on) as integer)
        ) as first_ends_on
    from installment
    left join law.calendar_day
        on calendar_day.levy_kind = installment.levy_kind
        and calendar_day.day = installment.month_start - 1
    where basis is not null
),
-- what was paid or written off by the basis counts on it; what happens on as_of changes nothing any more
gone as (
    select notice_number, installment_no, received_on as gone_on, principal_yen as yen from source.receipt
    union all
    select notice_number, installment_no, written_off_on, written_off_yen from source.write_off
),
payment as (
    select
        notice_number,
        installment_no,
        greatest(gone.gone_on, first_period.basis) as paid_on,
        cast(sum(gone.yen) as bigint) as paid_yen
    from gone
    join first_period using (notice_number, installment_no)
    where gone.gone_on < getvariable('as_of')
    group by all
    having sum(gone.yen) <> 0
),
-- one run of days where nothing was paid; else one up to each payment
cut as (
    select notice_number, installment_no, paid_on, paid_yen from payment
    union all
    select notice_number, installment_no, basis, 0
    from first_period
    join (
        select notice_number, installment_no, min(paid_on) as first_paid_on from payment group by all
    ) as paid using (notice_number, installment_no)
    where first_paid_on > basis
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
        first_period.*,
        coalesce(balance.from_date, first_period.starts_on) as from_date,
        coalesce(balance.to_date, cast(getvariable('as_of') as date)) as to_date,
        least(assessed_yen, greatest(0, assessed_yen - coalesce(paid_yen, 0))) as balance_yen,
        case
            when if(min_base_on_balance, balance_yen, assessed_yen) < base_minimum_yen then 0
            else balance_yen // base_unit_yen * base_unit_yen
        end as base_yen
    from first_period
    left join balance using (notice_number, installment_no)
    where coalesce(balance.from_date, first_period.starts_on) <= coalesce(balance.to_date, cast(getvariable('as_of') as date))
),
part as (
    select
        base.*,
        period,
        if(period = 'first', from_date, greatest(from_date, first_ends_on + 1)) as part_from,
        if(period = 'first', least(to_date, first_ends_on), to_date) as part_to
    from base
    cross join (values ('first'), ('after')) as periods (period)
    where base_yen > 0 and part_from <= part_to
),
-- exempt days: the days between two changes of exemption, the strongest kind of each, equal neighbours made one
exemption as (
    select notice_number, installment_no, from_date, coalesce(to_date, getvariable('as_of')) as to_date, kind
    from derived.charge_exemption
    where from_date <= getvariable('as_of')
),
change as (
    select notice_number, installment_no, from_date as day from exemption
    union
    select notice_number, installment_no, to_date + 1 from exemption
    union
    select notice_number, installment_no, date '0001-01-01' from exemption
),
span as (
    select
        change.notice_number,
        change.installment_no,
        change.day,
        case
            when bool_or(exemption.kind = 'full') then 'full'
            when count(exemption.kind) > 0 then 'half'
            else ''
        end as kind
    from change
    left join exemption
        on exemption.notice_number = change.notice_number
        and exemption.installment_no = change.installment_no
        and change.day between exemption.from_date and exemption.to_date
    group by all
),
turn as (
    select *
    from span
    qualify kind is distinct from lag(kind) over (partition by notice_number, installment_no order by day)
),
exempt_run as (
    select
        *,
        coalesce(lead(day) over (partition by notice_number, installment_no order by day) - 1, date '9999-12-31') as last_day
    from turn
),
piece as (
    select
        part.*,
        greatest(part_from, coalesce(exempt_run.day, part_from)) as piece_from,
        least(part_to, coalesce(exempt_run.last_day, part_to)) as piece_to,
        coalesce(exempt_run.kind, '') as exemption_kind
    from part
    left join exempt_run using (notice_number, installment_no)
    where coalesce(exempt_run.day, part_from) <= part_to and coalesce(exempt_run.last_day, part_to) >= part_from
),
-- the rates, and the days without one as rows that have none
rate as (
    select period, from_date, to_date, rate_numerator, rate_denominator
    from law.delinquency_rate
    union all by name
    select period, to_date + 1 as from_date, lead(from_date, 1, date '9999-12-31') over following - 1 as to_date
    from (
        select period, from_date, to_date from law.delinquency_rate
        union all
        select unnest(['first', 'after', 'first_half', 'after_half']), date '0001-01-01', date '0001-01-01'
    )
    window following as (partition by period order by from_date)
    qualify lead(from_date, 1, date '9999-12-31') over following > to_date + 1
),
segment as (
    select
        piece.notice_number,
        piece.installment_no,
        least(piece_to, rate.to_date) - greatest(piece_from, rate.from_date) + 1 as days,
        exemption_kind,
        if(exemption_kind <> 'full' and rate_numerator is null, greatest(piece_from, rate.from_date), null) as day_without_rate,
        if(exemption_kind = 'full', 0, base_yen * days * rate_numerator) as exact,
        rate_denominator * days_per_year as divisor,
        cut_each_segment
    from piece
    join rate
        on rate.period = piece.period || if(exemption_kind = 'half', '_half', '')
        and rate.from_date <= piece.piece_to
        and rate.to_date >= piece.piece_from
),
charged as (
    select
        notice_number,
        installment_no,
        min(day_without_rate) as day_without_rate,
        sum(days) filter (where exemption_kind <> '') as exempt_days,
        cast(if(any_value(cut_each_segment), sum(exact // divisor), sum(exact) // any_value(divisor)) as bigint) as yen
    from segment
    group by notice_number, installment_no
),
computed as (
    select
        installment.notice_number,
        installment.installment_no,
        case
            when installment.levy_kind is null
                then error('levy_policy.toml: 納期限 ' || installment.due_date || ' の値がありません。')
            when day_without_rate is not null
                then error('delinquency_charge.toml: ' || day_without_rate || ' の延滞金の割合がありません（納期限 ' || installment.due_date
                    || '）。告示を確かめて rate か deferral_rate を1件足してください。')
            when charged.yen >= result_minimum_yen then charged.yen // result_unit_yen * result_unit_yen
            else 0
        end as computed_yen,
        cast(coalesce(charged.exempt_days, 0) as integer) as exempt_days
    from installment
    left join charged using (notice_number, installment_no)
),
charge_paid as (
    select notice_number, installment_no, cast(greatest(0, sum(charge_yen)) as bigint) as yen
    from source.receipt
    where received_on <= getvariable('as_of') and charge_yen <> 0
    group by notice_number, installment_no
)
select
    notice_number,
    installment_no,
    greatest(0, coalesce(forced.forced_charge_yen, computed_yen) - coalesce(charge_paid.yen, 0)) as charge_yen,
    computed_yen,
    forced.forced_charge_yen,
    coalesce(charge_paid.yen, 0) as charge_paid_yen,
    exempt_days
from computed
left join charge_paid using (notice_number, installment_no)
left join (from source.installment where forced_charge_yen is not null) as forced using (notice_number, installment_no)
