-- grain: one delinquent × 号 with verdict 該当の疑い or 資料不足; one page of $page_size rows.
-- matter_state: a 起案 waits (審査待ち, 決裁待ち), or it was decided and the feeds do not know yet (決裁済, 一部決裁済)
-- action: suspension_candidate.read
-- The page is found first: what is under way of whom, and how much was written, is looked up for its rows alone.
with page as materialized (
    select *, count(*) over () as total_count
    from disclosed.suspension_candidate
    where ($district is null or district_code = $district)
      and ($verdict is null or verdict = $verdict)
      and ($ground is null or ground = $ground)
    order by case verdict when '該当の疑い' then 1 else 2 end, active_yen desc, atena_ref, ground
    limit $page_size offset $skipped
)
select page.* exclude (total_count), under_way.state as matter_state, written.note_version, page.total_count
from page
join disclosed.note_version as written using (atena_ref)
left join (from disclosed.matter_state where matter = 'suspension_decision') as under_way using (atena_ref)
order by case page.verdict when '該当の疑い' then 1 else 2 end, page.active_yen desc, page.atena_ref, page.ground
