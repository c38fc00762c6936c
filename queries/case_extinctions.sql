-- grain: one 即時消滅 of the person that was decided here and is not written off yet: on what ground and why, how many 期別 and yen
-- action: case.read
select decision, extinct_on, extinction_ground, extinction_reason, count(*) as installment_count, sum(unpaid_yen)::bigint as unpaid_yen
from disclosed.extinguished_installment
where atena_ref = $atena_ref
group by all
order by extinct_on, decision
