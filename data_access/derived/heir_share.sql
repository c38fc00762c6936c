-- grain: one deceased × open installment × heir, and one row 残り where the shares are not the whole debt
-- Heirs are those of 相続人調査 (heir) and of 承継 recorded here, which outranks the other for the same heir. Yen are what
-- 承継明細 notified while that is still the whole debt, else the share of it; what does not divide is the first heir's when
-- the shares make one. Nothing is scaled: too little or too much stands as 残り (地方税法9条・民法899条).
create or replace table derived.heir_share as
with recorded as (
    select
        atena_number,
        payload ->> '$.heir_atena_number' as heir_number,
        (payload ->> '$.share_numerator')::bigint as share_numerator,
        (payload ->> '$.share_denominator')::bigint as share_denominator
    from derived.entry
    where kind = 'succession'
), heirs as (
    select
        coalesce(recorded.atena_number, stated.atena_number) as atena_number,
        coalesce(recorded.heir_number, stated.heir_atena_number) as heir_number,
        stated.heir_no,
        stated.name as heir_name,
        stated.relation,
        coalesce(recorded.share_numerator, stated.share_numerator)::bigint as share_numerator,
        coalesce(recorded.share_denominator, stated.share_denominator)::bigint as share_denominator,
        if(recorded.heir_number is null, stated.renounced_on, null) as renounced_on,
        recorded.heir_number is not null as is_recorded
    from (
        from source.heir
        qualify heir_atena_number is null
            or row_number() over (partition by atena_number, heir_atena_number order by heir_no) = 1
    ) as stated
    full join recorded on recorded.atena_number = stated.atena_number and recorded.heir_number = stated.heir_atena_number
), placed as (
    select
        *,
        row_number() over (partition by atena_number order by heir_no nulls last, heir_number) as heir_place,
        -- 1 to seventeen decimals, in whole numbers
        abs(1000000000000000000::hugeint - sum(share_numerator * 1000000000000000000::hugeint // share_denominator)
            over (partition by atena_number)) <= count(*) over (partition by atena_number) as is_whole,
        bool_or(is_recorded) over (partition by atena_number) as has_recorded
    from heirs
), shared as (
    select
        placed.*,
        debt.notice_number,
        debt.installment_no,
        debt.unpaid_yen,
        coalesce(notified.succeeded_yen, 0) as succeeded_yen,
        not has_recorded and sum(notified.succeeded_yen) over installment = debt.unpaid_yen as is_notified,
        debt.unpaid_yen * share_numerator // share_denominator as divided_yen,
        row_number() over (installment order by share_numerator = 0, heir_place) = 1 as bears_remainder
    from placed
    join derived.open_installment as debt using (atena_number)
    left join source.succession as notified using (atena_number, heir_no, notice_number, installment_no)
    window installment as (partition by atena_number, notice_number, installment_no)
), borne as (
    select
        *,
        case
            when is_notified then succeeded_yen
            when is_whole and bears_remainder
                then divided_yen + unpaid_yen - sum(divided_yen) over (partition by atena_number, notice_number, installment_no)
            else divided_yen
        end::bigint as share_yen
    from shared
)
select
    atena_number, notice_number, installment_no, heir_place, heir_number, heir_name, relation, share_numerator, share_denominator,
    renounced_on,
    case when is_notified then '承継明細' when is_recorded then '承継の記録' else '持分' end as basis,
    share_yen
from borne
union all by name
select atena_number, notice_number, installment_no, '残り' as basis, (any_value(unpaid_yen) - sum(share_yen))::bigint as share_yen
from borne
group by atena_number, notice_number, installment_no
having any_value(unpaid_yen) <> sum(borne.share_yen)
order by atena_number, notice_number, installment_no, heir_place
