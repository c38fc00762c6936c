-- grain: one delinquent: whether they are dead, and who would succeed, counted (what the ground 「相続人がいない」 of an 即時消滅 stands on)
-- action: suspension_candidate.read
select resident_state, state_changed_on, heir_count, renounced_count, unborne_yen, noted_count
from disclosed.succession_state
where atena_ref = $atena_ref
