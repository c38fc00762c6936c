-- grain: one account of a delinquent and its use
-- action: case.read
select account_use, bank_code, account_kind, account_number, account_holder, account_closed_on
from disclosed.bank_account
where atena_ref = $atena_ref
order by account_use, bank_code
