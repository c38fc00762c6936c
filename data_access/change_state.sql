-- grain: one installment (期別) that may have moved between two days, as one of the two has it, and the district of today's marks
-- What may have moved: whatever is in a block that has changed; what fell due in between; and what is still owed where the year has
-- turned, or by somebody whom a mark (支援措置) hides, of whom the district changes without the snapshot.
select state.* exclude (block), place.district_code
from derived.installment_state as state
join serving.place as place using (atena_number)
where state.block in (select block from change_block)
   or state.due_date >= $older_on and state.due_date < $newer_on
   or state.unpaid_yen <> 0 and ($older_year <> $newer_year or state.atena_number in (select atena_number from change_hidden))
