-- grain: one 不納欠損 decided here, as long as it stands or 収納 has it in its books, the newest first; state: see disclosed/write_off.sql
-- action: write_off_candidate.read
select decided.* exclude (seq), subject.note_version
from disclosed.write_off_decided as decided
join disclosed.case_subject as subject using (atena_ref)
where $district is null or decided.district_code = $district
order by decided.seq desc
