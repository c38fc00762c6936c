-- grain: one problem found by one intake
-- action: feed.detail
select system, file, "row", "column", "count", severity, sentence
from disclosed.intake_problem
where started_at = $started_at
order by system, file, "row"
