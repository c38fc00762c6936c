-- grain: one delinquent × 号 with verdict 該当の疑い or 資料不足; one page of $page_size rows
-- action: suspension_candidate.read
select candidate.*, person.note_version, count(*) over () as total_count
from disclosed.suspension_candidate as candidate
join disclosed.person as person using (atena_ref)
where ($district is null or candidate.district_code = $district)
  and ($verdict is null or candidate.verdict = $verdict)
  and ($ground is null or candidate.ground = $ground)
order by case candidate.verdict when '該当の疑い' then 1 else 2 end, candidate.active_yen desc, candidate.atena_ref, candidate.ground
limit $page_size offset $skipped
