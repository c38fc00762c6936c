-- grain: one district in which the reader has delinquents
-- action: worklist.read
select district_code, district_name
from disclosed.district
order by district_code
