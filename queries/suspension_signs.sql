-- grain: one sign of means of one stopped person, of a record later than the 停止, the newest first
-- action: suspension_candidate.read
select sign, happened_on, yen, evidence_id, meaning as sign_meaning, article
from disclosed.recovery_sign
where atena_ref = $atena_ref
order by happened_on desc, sign, evidence_id
