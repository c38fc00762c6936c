-- grain: one 執行停止, or 取消 of one (matter), that was decided here, the newest first; also of who owes nothing any more
-- action: suspension_watch.read
select * exclude (seq)
from disclosed.suspension_decided
where $district is null or district_code = $district
order by seq desc
