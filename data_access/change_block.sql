-- grain: one block of installments in which something is not on both days the same
select block
from block_before
full join derived.installment_block as block_after using (block)
where block_before.print is distinct from block_after.print
