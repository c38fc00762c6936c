-- THE GATE OF DATA, continued (what was proposed and decided here and the feeds do not know yet). The macros and the rule stand in ../disclosed.sql.

-- grain: one installment of which a 停止, its 取消 or a 不納欠損 was decided here: the newest that stands, as casework/rules.py refuses by it.
-- of_stop_on: of a 取消, the day of the 停止 that it took back
create view serving.decided_installment as
with step as (
    select atena_number, unnest(installment_keys) as installment_key, seq, if(kind = 'suspension_cancellation', suspended_on, null) as of_stop_on,
        case when kind = 'suspension_cancellation' then '停止取消決裁済' when is_immediate then '即時消滅決裁済' else '停止決裁済' end as decided
    from serving.entry
    where kind in ('suspension_decision', 'suspension_cancellation')
    union all
    -- whatever else was decided of it, a 不納欠損 that is not reversed comes last
    select atena_number, installment_key, null, null, '欠損決裁済'
    from serving.written_off
    where not is_reversed
)
select
    atena_number,
    installment_key,
    coalesce(any_value(decided) filter (where seq is null), arg_max(decided, seq)) as decided,
    arg_max_null(of_stop_on, seq) as of_stop_on
from step
group by all;

create view disclosed.decided_installment as
select delinquent.atena_ref, whole('C9', own.installment_key) as installment_key, whole('C9', own.decided) as decided, whole('C9', own.of_stop_on) as of_stop_on
from serving.decided_installment as own
join serving.delinquent as delinquent using (atena_number)
where in_scope(delinquent.district_code);

-- grain: one delinquent × matter (suspension_decision, write_off_decision) that is under way: 審査待ち or 決裁待ち, and of a 停止 決裁済 or
-- 一部決裁済 while an installment that it could cover is not stopped in the snapshot yet
create view disclosed.matter_state as
with decided as (
    select installment.atena_number, bool_and(own.installment_key is not null) as is_whole
    from derived.case_installment as installment
    left join (from serving.decided_installment where decided <> '停止取消決裁済') as own
        on own.atena_number = installment.atena_number and own.installment_key = installment.notice_number || '-' || installment.installment_no
    where installment.is_overdue and installment.suspension_ground is null
      and not (installment.claim_state is not distinct from '消滅' and not installment.needs_person)
      and installment.atena_number in (from (select atena_number from serving.decided_installment where decided <> '停止取消決裁済'))
    group by all
    having bool_or(own.installment_key is not null)
)
select atena_ref, matter, any_value(state) as state
from disclosed.waiting_decision
where matter in ('suspension_decision', 'write_off_decision')
group by all
union all
select delinquent.atena_ref, 'suspension_decision', if(decided.is_whole, '決裁済', '一部決裁済')
from decided
join serving.delinquent as delinquent using (atena_number)
where in_scope(delinquent.district_code)
  and delinquent.atena_ref not in (select atena_ref from disclosed.waiting_decision where matter = 'suspension_decision');
