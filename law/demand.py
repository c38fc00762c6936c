"""督促: the day by which it must go out, and the first day on which an attachment is possible."""

from dataclasses import dataclass
from datetime import date, timedelta

from law.parameters import levy_policy


@dataclass(frozen=True)
class SeizableFrom:
    """`on` counts; the two dates behind it stay visible, each with its article."""

    on: date
    after_dispatch: date
    after_designated_deadline: date
    articles: tuple[str, str]


def deadline(due_date: date, levy_kind: str = "料") -> date:
    """Last day for sending the 督促状: the city's days after the due date (料: 条例, 税: 地方税法726条1項)."""
    return due_date + timedelta(days=levy_policy(levy_kind, due_date).demand_deadline_days)


def seizable_from(
    issued_on: date, designated_deadline: date | None = None, levy_kind: str = "料"
) -> SeizableFrom:
    """First day of a possible 差押 after a 督促 issued on `issued_on`.

    料 waits for both dates (地方自治法231条の3第3項, and 地方税法728条 out of caution), 税 for the dispatch only.
    Without a recorded 指定期限 the city's usual one is assumed.
    """
    policy = levy_policy(levy_kind, issued_on)
    # 「起算して10日を経過した日まで」: 発した日が1日目なので、差し押さえられるのは発した日 + 11日
    after_dispatch = issued_on + timedelta(days=policy.seizure_wait_days + 1)
    deadline_on = designated_deadline or issued_on + timedelta(days=policy.designated_deadline_days)
    after_deadline = deadline_on + timedelta(days=1)
    waits = policy.seizure_waits_for_designated_deadline
    return SeizableFrom(
        on=max(after_dispatch, after_deadline) if waits else after_dispatch,
        after_dispatch=after_dispatch,
        after_designated_deadline=after_deadline,
        articles=(
            policy.references["seizure_wait_days"],
            policy.references["seizure_waits_for_designated_deadline"],
        ),
    )
