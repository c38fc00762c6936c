-- grain: one 不納欠損 decided here that stands, the newest first
-- action: write_off_candidate.read
select decided.* exclude (seq), person.note_version
from disclosed.write_off_decided as decided
join disclosed.person as person using (atena_ref)
where $district is null or decided.district_code = $district
order by decided.seq desc
