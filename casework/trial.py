"""試行（効果の測定）: two ways of writing or calling, given by lot to the same kind of people, and looked at once on a day fixed before.

係長 propose, 課長 approves, and with that it begins. Who is in it is fixed in the proposal; which way each person gets follows
from a salted hash whose salt, the approval's id, nobody knew before: nobody chooses, and everybody can check it.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from auth.access import User
from casework import approval, ledger
from casework.approval import ApprovalRefused, Matter, undeclined
from casework.collection_plan import QUEUES
from casework.ledger import Event
from law.typed_text import text_errors

WAYS, MEANS = ("甲", "乙"), ("文面", "時期", "手段")
LEAST, MOST = 200, 10_000  # people: fewer than 100 a way tell nothing (data_access/trial_result.py refuses them too)
HORIZON, SETTLED_DAYS = (14, 180), 14
LONGEST_NAME, LONGEST_WAY = 40, 200
REFERENCE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")


@dataclass(frozen=True)
class Trial:
    """One 試行 as proposed: what differs (`means`), the two ways in words, from which 名簿, how many days until it is looked
    at, and the 参照番号 of everybody in it. `began_on` and `salt` are None until it is approved."""

    id: str
    name: str
    means: str
    ways: tuple[str, str]
    queue: str
    horizon_days: int
    refs: tuple[str, ...]
    began_on: date | None = None
    salt: str | None = None

    @property
    def ends_on(self) -> date | None:
        """The last day whose payments count."""
        return None if self.began_on is None else self.began_on + timedelta(days=self.horizon_days)

    @property
    def looked_at_on(self) -> date | None:
        """The first 基準日 on which the result may be seen: by then what was paid until the end is booked."""
        return None if self.began_on is None else self.ends_on + timedelta(days=SETTLED_DAYS)

    def lot(self) -> dict[str, str]:
        """参照番号 → 甲 or 乙 of everybody in a trial that has begun."""
        return {ref: self.way_of(ref) for ref in self.refs}

    def way_of(self, ref: str) -> str:
        """甲 or 乙 for one person of a trial that has begun; the same on every day and every machine."""
        return WAYS[hashlib.sha256(f"{self.salt}:{ref}".encode()).digest()[0] % 2]


def matter(trial_id: str) -> Matter:
    """The matter of one trial."""
    return Matter("trial", "trial.propose", "trial.approve", trial_id[:8])


FORM = matter("new")  # of the form on screen: a trial has no id before it is proposed


def propose(user: User, *, name: str, means: str, ways: Sequence[str], queue: str, horizon_days: int, refs: Sequence[str], reason: str,
            event_id: str, expected_version: int, today: date) -> Event:  # fmt: skip
    """Propose a trial over `refs`. Raises ApprovalRefused with everything that is wrong with it, and as approval.propose."""
    if wrong := list(_errors(name, means, ways, queue, horizon_days, refs)):
        raise ApprovalRefused("　".join(wrong))
    return approval.propose(user, matter(event_id), event_id=event_id, expected_version=expected_version, reason=reason, today=today, content={
        "name": name, "means": means, "ways": list(ways), "queue": queue, "horizon_days": horizon_days, "refs": sorted(refs)})


def approve(user: User, *, proposal_id: str, event_id: str, today: date) -> Event:
    """Approve and begin. Raises ApprovalRefused when somebody is in another trial that is not over yet, and as approval.approve."""
    wanted = next((trial for trial in every() if trial.id == proposal_id), None)
    if wanted is not None:
        running = [trial for trial in every() if trial.began_on and trial.id != wanted.id and today < trial.looked_at_on]
        if twice := sum(len(set(trial.refs) & set(wanted.refs)) for trial in running):
            raise ApprovalRefused(f"ほかの試行の途中の人が{twice}人入っています。重ねると、どちらの効果か分からなくなります。終わってから起案し直してください。")
    return approval.approve(user, matter(proposal_id), proposal_id=proposal_id, event_id=event_id, today=today)


def every() -> list[Trial]:
    """Every trial that was proposed and not declined, oldest first. Raises LedgerUnavailable."""
    happened = undeclined(matter("x"), ledger.events_after(0, ("trial_proposal", "trial_approval", "trial_declining")))
    agreed = {event.payload["proposal"]: event for event in happened if event.kind == "trial_approval"}
    return [_trial(event, agreed.get(event.event_id)) for event in happened if event.kind == "trial_proposal"]


def _trial(proposal: Event, agreed: Event | None) -> Trial:
    said = proposal.payload
    has_begun = agreed is not None and agreed.actor != proposal.actor
    return Trial(proposal.event_id, said["name"], said["means"], tuple(said["ways"]), said["queue"], said["horizon_days"], tuple(said["refs"]),
                 agreed.occurred_on if has_begun else None, agreed.event_id if has_begun else None)


def _errors(name: str, means: str, ways: Sequence[str], queue: str, horizon_days: int, refs: Sequence[str]) -> Iterator[str]:
    if not name.strip():
        yield "試行の名を入力してください。"
    yield from text_errors("試行の名", name, LONGEST_NAME)
    if means not in MEANS:
        yield "何を変えるかを選んでください。"
    if len(ways) != len(WAYS) or not all(way.strip() for way in ways) or len(set(ways)) != len(WAYS):
        yield "甲と乙に、別のことを入力してください。"
    for way in ways:
        yield from text_errors("甲・乙の内容", way, LONGEST_WAY)
    if queue not in QUEUES:
        yield "名簿を選んでください。"
    if not HORIZON[0] <= horizon_days <= HORIZON[1]:
        yield f"結果を見るまでの日数は、{HORIZON[0]}日から{HORIZON[1]}日までにしてください。"
    if not LEAST <= len(set(refs)) <= MOST:
        yield f"対象が{len(set(refs)):,}人です。{LEAST:,}人から{MOST:,}人までにしてください（少ないと、差があっても分かりません）。"
    if len(set(refs)) != len(refs) or not all(REFERENCE.fullmatch(ref) for ref in refs):
        yield "対象の一覧が正しくありません。画面を開き直してください。"
