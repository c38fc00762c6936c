-- grain: part of one $dimension (事由, 区分, 年数, 逃したこと) × booked or waiting × fiscal year (null: all years) × district
-- action: write_off.read
select *
from disclosed.lost_count
where dimension = $dimension
  and is_booked = $is_booked
  and ($district is null or district_code = $district)
  and (fiscal_year is null or fiscal_year > (select fiscal_year from disclosed.standing) - 6)
order by fiscal_year desc, if(dimension = '年数', try_cast(part as integer), 0) nulls last, part, district_code
