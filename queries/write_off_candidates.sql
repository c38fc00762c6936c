-- grain: one delinquent × reason (不納欠損事由) that came first for at least one installment not decided yet; one page of $page_size rows
-- action: write_off_candidate.read
-- The page is found first: what is under way of whom, and how much was written, is looked up for its rows alone.
with page as materialized (
    select
        candidate.atena_ref,
        candidate.name,
        candidate.district_name,
        candidate.booked_as,
        count(*) as installment_count,
        sum(candidate.unpaid_yen)::bigint as unpaid_yen,
        sum(candidate.charge_yen)::bigint as charge_yen,
        min(candidate.extinct_on) as extinct_on,
        if(bool_or(candidate.needs_person), '要確認', null) as needs_person,
        max(candidate.reversed_on) as reversed_on,
        arg_max(candidate.reversal_ground, candidate.reversed_on) as reversal_ground,
        sum(candidate.flash_yen)::bigint as flash_yen,
        count(*) over () as total_count
    from disclosed.write_off_candidate as candidate
    where candidate.is_first and candidate.decided_on is null
      and ($district is null or candidate.district_code = $district)
      and ($booked_as is null or candidate.booked_as = $booked_as)
    group by candidate.atena_ref, candidate.name, candidate.district_name, candidate.booked_as
    order by extinct_on nulls last, unpaid_yen desc, candidate.atena_ref, candidate.booked_as
    limit $page_size offset $skipped
)
select page.* exclude (total_count), under_way.state as matter_state, written.note_version, page.total_count
from page
join disclosed.note_version as written using (atena_ref)
left join (from disclosed.matter_state where matter = 'write_off_decision') as under_way using (atena_ref)
order by extinct_on nulls last, unpaid_yen desc, page.atena_ref, booked_as
