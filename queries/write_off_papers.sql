-- grain: one 不納欠損 decided here, whatever became of it, the newest first: of which a 調書 can be printed
-- action: write_off_candidate.read
select decision, state, decided_on, reason, any_value(name) as name, count(*) as installment_count, sum(yen)::bigint as yen
from disclosed.write_off_paper
where $district is null or district_code = $district
group by decision, state, decided_on, reason, approved_seq
order by approved_seq desc
