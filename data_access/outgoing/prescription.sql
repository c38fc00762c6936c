-- grain: one overdue, unpaid installment, with the 時効 as computed; {derived} is a snapshot's folder of derived tables
select
    atena_number,
    notice_number,
    installment_no,
    unpaid_yen,
    if(is_held, null, completes_on) as completes_on,
    is_held,
    renewed_by,
    renewed_on
from read_parquet({derived} || '/case_installment.parquet')
where is_overdue
order by notice_number, installment_no
