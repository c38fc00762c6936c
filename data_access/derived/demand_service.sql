-- 督促 and its 送達, for each open installment as known on as_of (law/service.py, law/demand.py explain one).
-- grain: one row per open installment with a 督促 (the feed has one each) that was not withdrawn. served_on: the day from which it
-- has effect: the day
-- of issue, or where it came back (returned_on) the day of 再発送, unless that came back too, or of 公示送達; null = none known.
-- designated_deadline: as recorded, but after 再発送 or 公示送達 not before the city's usual days from then; none
-- without effect.
create or replace table derived.demand_service as
with sent as (
    select open_installment.levy_kind, demand.notice_number, demand.installment_no, issued_on, designated_deadline, returned_on
    from source.demand as demand
    join derived.open_installment as open_installment using (notice_number, installment_no)
    where issued_on <= getvariable('as_of') and (withdrawn_on is null or withdrawn_on > getvariable('as_of'))
),
came_back as (
    select
        mail.notice_number,
        mail.installment_no,
        min(mail.returned_on) as mail_returned_on,
        max(mail.sent_on) as last_sent_on,
        min(served_on) filter (where served_on <= getvariable('as_of')) as noticed_on,
        list_min(list_filter(
            list(resent_on),
            lambda day: day > last_sent_on and day <= getvariable('as_of')
        )) as sent_again_on,
        bool_or(mail.returned_reason = '受取拒否') as is_refused
    from source.returned_mail as mail
    join sent using (notice_number, installment_no)
    where mail.mail_kind = '督促状' and mail.returned_on <= getvariable('as_of') and sent.issued_on <= mail.sent_on
    group by mail.notice_number, mail.installment_no
),
followed as (
    select
        sent.notice_number,
        sent.installment_no,
        sent.levy_kind,
        sent.issued_on,
        sent.designated_deadline as recorded_deadline,
        least(
            came_back.mail_returned_on,
            if(sent.returned_on <= getvariable('as_of'), sent.returned_on, null)
        ) as came_back_on,
        if(came_back_on is null, sent.issued_on, least(sent_again_on, noticed_on)) as served_on,
        case
            when came_back_on is null then '発送'
            when sent_again_on <= coalesce(noticed_on, sent_again_on) then '再発送'
            when noticed_on is not null then '公示送達'
            when is_refused then '受取拒否'
            else '返戻'
        end as way
    from sent
    left join came_back using (notice_number, installment_no)
)
select
    notice_number,
    installment_no,
    issued_on,
    recorded_deadline,
    case
        when way = '発送' then recorded_deadline
        when served_on is not null then greatest(recorded_deadline, served_on + cast(policy.designated_deadline_days as integer))
    end as designated_deadline,
    came_back_on as returned_on,
    served_on,
    way
from followed
left join law.levy_policy as policy
    on policy.levy_kind = followed.levy_kind
    and followed.served_on between policy.from_date and policy.to_date
