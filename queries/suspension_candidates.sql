-- grain: one delinquent × 号 with verdict 該当の疑い or 資料不足; one page of $page_size rows.
-- matter_state: a 起案 waits (審査待ち, 決裁待ち), or it was decided and the feeds do not know yet (決裁済, 一部決裁済)
-- action: suspension_candidate.read
select candidate.*, under_way.state as matter_state, person.note_version, count(*) over () as total_count
from disclosed.suspension_candidate as candidate
join disclosed.person as person using (atena_ref)
left join (from disclosed.matter_state where matter = 'suspension_decision') as under_way using (atena_ref)
where ($district is null or candidate.district_code = $district)
  and ($verdict is null or candidate.verdict = $verdict)
  and ($ground is null or candidate.ground = $ground)
order by case candidate.verdict when '該当の疑い' then 1 else 2 end, candidate.active_yen desc, candidate.atena_ref, candidate.ground
limit $page_size offset $skipped
