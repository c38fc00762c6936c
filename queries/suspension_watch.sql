-- grain: one stopped person with a sign of means, the newest first; signs: one per kind, its newest record and how many; one page
-- suspended_yen: of what is still there to be claimed: neither 時効 nor the three years have ended it
-- action: suspension_watch.read
with sign as (
    select atena_ref, sign, max(happened_on) as happened_on, arg_max(yen, (happened_on, evidence_id)) as yen, arg_max(evidence_id, (happened_on, evidence_id)) as evidence_id,
        count(*) as record_count
    from disclosed.recovery_sign
    group by all
), signs as (
    select
        atena_ref,
        max(happened_on) as happened_on,
        list({sign: sign, day: happened_on, yen: yen, evidence_id: evidence_id, record_count: record_count} order by happened_on desc, sign) as signs
    from sign
    group by atena_ref
    having $sign is null or bool_or(sign = $sign)
), stopped as (
    select
        atena_ref, name, district_code, district_name,
        array_to_string(list(distinct ground order by ground), '・') as ground,
        max(suspended_on) as suspended_on,
        sum(unpaid_yen)::bigint as suspended_yen,
        min(ends_on) as ends_on
    from disclosed.suspended_installment
    where ends_on >= (select as_of from disclosed.standing)
    group by all
)
select stopped.*, signs.happened_on, signs.signs, subject.note_version, count(*) over () as total_count
from stopped
join signs using (atena_ref)
join disclosed.case_subject as subject using (atena_ref)
where $district is null or stopped.district_code = $district
order by signs.happened_on desc, suspended_yen desc, atena_ref
limit $page_size offset $skipped
