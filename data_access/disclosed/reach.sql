-- THE GATE OF DATA, continued (連絡先・口座, and plans recorded here). The macros and the rule stand in ../disclosed.sql.

-- grain: one telephone, mail address … of a delinquent
create view disclosed.contact as
select
    delinquent.atena_ref,
    contact.contact_no,
    shown('C3', contact.contact_kind, contact.contact_kind) as contact_kind,
    case when kept then shown('C3', '（非表示）', '（非表示）') else shown('C3', contact.phone, masked_phone(contact.phone)) end as phone,
    case when kept then null else whole('C3', contact.contact_person) end as contact_person
from source.contact as contact
join serving.delinquent as delinquent using (atena_number)
cross join lateral (
    select kept_back(delinquent.is_protected)
        or (not delinquent.is_protected and names_protected(concat_ws('|', contact.phone, contact.contact_person))) as kept
) as care
where in_scope(delinquent.district_code) and level('C3') <> 'none';

-- grain: one account of a delinquent and its use; the branch leads to where somebody lives, so only the bank stays when masked
create view disclosed.bank_account as
select
    delinquent.atena_ref,
    shown('C4', account.account_use, account.account_use) as account_use,
    case when kept then shown('C4', '（非表示）', '（非表示）') else shown('C4', account.bank_code, left(account.bank_code, 4) || '***') end as bank_code,
    case when kept then null else shown('C4', account.account_kind, account.account_kind) end as account_kind,
    case when kept then null else shown('C4', account.account_number, '****' || right(account.account_number, 3)) end as account_number,
    case when kept then null else whole('C4', coalesce(account.holder_name, account.holder_kana)) end as account_holder,
    whole('C4', account.account_closed_on) as account_closed_on
from source.bank_account as account
join serving.delinquent as delinquent using (atena_number)
cross join lateral (
    select kept_back(delinquent.is_protected) or (not delinquent.is_protected and (
        names_protected(concat_ws('|', account.account_number, account.holder_kana, account.holder_name))
        or trace_key(account.holder_kana) in (select trace from serving.protected_trace where trace_kind = 'kana'))) as kept
) as care
where in_scope(delinquent.district_code) and level('C4') <> 'none';

-- grain: one plan (分納) recorded here that stands and is not cancelled
create view disclosed.plan as
select
    delinquent.atena_ref,
    entry.event_id,
    whole('C9', entry.happened_on) as pledged_on,
    whole('C9', entry.summary) as summary,
    whole('C9', entry.yen) as yen
from serving.entry as entry
join serving.delinquent as delinquent using (atena_number)
where entry.kind = 'installment_plan' and in_scope(delinquent.district_code)
    and entry.event_id not in (select plan from serving.entry where plan is not null);
