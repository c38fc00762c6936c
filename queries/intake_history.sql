-- grain: one intake, newest first
-- action: feed.read
select started_at, business_date, outcome, snapshot_id
from disclosed.intake
order by started_at desc
limit 60
