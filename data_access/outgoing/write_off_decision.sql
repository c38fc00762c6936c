-- grain: one installment: what is unpaid, paid and not booked yet, and written off; {derived} is a snapshot's folder of derived tables
select notice_number, installment_no, unpaid_yen, flash_yen, written_off_yen
from read_parquet({derived} || '/balance.parquet')
