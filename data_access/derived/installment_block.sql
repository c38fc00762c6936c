-- grain: one block of installments: a print of all that is said of them, and of the district of each
-- Hashed twice: a hash of several values is their hashes combined by exclusive or, so the same move of two people would cancel out.
-- Two days with the same print of a block have the same installments in it, so 増減の内訳 need not look at them. Another version of DuckDB
-- may make other prints: then every block is looked at, which takes longer and says the same.
create or replace table derived.installment_block as
select state.block, bit_xor(hash(hash(state, place.district_code))) as print
from derived.installment_state as state
join derived.place as place on place.atena_number = state.atena_number
group by state.block
order by state.block
