-- grain: one announced file of one intake
-- action: feed.detail
select system_name, label, file, mode, sequence, row_count, totals, problem_count, loaded, quarantined_count, external_count
from disclosed.intake_file
where started_at = $started_at
order by system_name, label
