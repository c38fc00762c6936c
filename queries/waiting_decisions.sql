-- grain: one 起案 of one kind (執行停止 …) that waits for its 審査 or 決裁, the oldest first
-- action: suspension_candidate.read
select waiting.* exclude (seq), subject.note_version
from disclosed.waiting_decision as waiting
join disclosed.case_subject as subject using (atena_ref)
where waiting.kind = $kind and ($district is null or waiting.district_code = $district)
order by waiting.seq
