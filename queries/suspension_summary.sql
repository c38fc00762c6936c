-- grain: 号 × verdict: how many delinquents, how many yen, nobody named
-- action: suspension_candidate.summary
select ground, verdict, sum(case_count)::bigint as case_count, sum(active_yen)::bigint as active_yen
from disclosed.suspension_summary
where $district is null or district_code = $district
group by ground, verdict
order by ground, case verdict when '該当の疑い' then 1 when '資料不足' then 2 else 3 end
