"""点検: the week's findings by rules R1–R18 (audit/rules/*.sql), the entries behind them, and the sign-off, which is in the chain.

Who may see them is asked here again, whatever the page did. A chief sees what concerns the own section, never entries.
"""

import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from sqlalchemy import func, select

import settings
from audit import chain, log, refusal
from audit.log import ACCESS_LOG
from audit.material import OFFSET, accounts, material
from auth.access import User, decide
from law.typed_text import text_errors

HERE = Path(__file__).parent / "rules"
NEAR_SECONDS = 4 * 86_400
LONGEST_COMMENT = 500
MOST_ENTRIES = 300
SIGN_WITHIN = timedelta(days=7)  # after the week is over


class ReviewRefused(Exception):
    """点検の署名を受け付けられない。The text says why and what to do."""


@dataclass(frozen=True)
class Rule:
    """One rule: R1 …, what it is called, what it looks for."""

    number: int
    name: str
    why: str
    sql: str

    @property
    def label(self) -> str:
        return f"R{self.number} {self.name}"


@dataclass(frozen=True)
class Finding:
    """What a rule found: who, about whom when it is one person, how many, and the entries behind it."""

    rule: Rule
    actor: str
    section: str
    atena_ref: str | None
    count: int
    seqs: tuple[int, ...]


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """R1 to R18, read once."""
    found = []
    for path in sorted(HERE.glob("R*.sql")):
        sql = path.read_text("utf-8")
        header = dict(re.findall(r"^-- (rule|why): *(.+)$", sql, re.MULTILINE))
        found.append(Rule(int(path.stem[1:]), header["rule"], header["why"], sql))
    return tuple(found)


def findings(user: User, first: date, last: date) -> list[Finding]:
    """What the rules find in the days `first` … `last`, by rule. Raises NotAllowed, AuditUnavailable.

    The look itself is an entry. A chief gets those of the own section, without those about the chief.
    """
    refusal.check_allowed(user, "audit.digest")
    log.append(actor=user.name, action="audit.digest", detail={"first": first.isoformat(), "last": last.isoformat()})
    found = found_between(first, last)
    if decide(user, "audit.read").allowed:
        return found
    return [finding for finding in found if finding.section == user.section and finding.actor != user.name]


def found_between(first: date, last: date) -> list[Finding]:
    """The findings of a period for whoever has been let in."""
    refusal.settle()
    made, sections = material(first, last), {name: section for name, _, section, _ in accounts()}
    days = {f"since_{count}": (last - timedelta(days=count)).isoformat() for count in (30, 60, 365)}
    found = []
    for rule in rules():
        names = {name: value for name, value in {**days, "near": NEAR_SECONDS}.items() if f"${name}" in rule.sql}
        for actor, atena_ref, count, seqs in made.execute(rule.sql, names):
            seqs = tuple(sorted(json.loads(seqs) if seqs.startswith("[") else [int(seqs)]))
            found.append(Finding(rule, actor, sections.get(actor, ""), atena_ref, count, seqs))
    made.close()
    return sorted(found, key=lambda finding: (finding.rule.number, finding.seqs))


def entries(user: User, seqs: tuple[int, ...]) -> list[dict[str, object]]:
    """The entries behind a finding, oldest first, MOST_ENTRIES at most. Raises NotAllowed, AuditUnavailable."""
    refusal.check_allowed(user, "audit.read")
    log.append(actor=user.name, action="audit.read", row_count=len(seqs), detail={"first": min(seqs), "last": max(seqs)} if seqs else {})
    row = ACCESS_LOG.c
    wanted = select(row.seq, row.at, row.actor, row.action, row.question, row.row_count, row.atena_refs, row.source, row.detail)
    with chain.reading() as connection:
        rows = connection.execute(wanted.where(row.seq.in_(seqs[:MOST_ENTRIES])).order_by(row.seq)).mappings()
        return [dict(row) for row in rows]


def weeks(user: User) -> list[date]:
    """The Mondays of the weeks that the log covers, the newest first. Raises NotAllowed."""
    refusal.check_allowed(user, "audit.digest")
    with chain.reading() as connection:
        first, last = connection.execute(select(func.min(ACCESS_LOG.c.at), func.max(ACCESS_LOG.c.at))).one()
    if first is None:
        return []
    start, end = (monday((datetime.fromisoformat(at) + OFFSET).date()) for at in (first, last))
    return [end - timedelta(weeks=count) for count in range((end - start).days // 7 + 1)]


def monday(day: date) -> date:
    """The first day of its week."""
    return day - timedelta(days=day.weekday())


def sign(user: User, first: date, comment: str, found: list[Finding]) -> None:
    """Sign the review of the week from `first`: the comment, and how many findings there were, go into the chain.

    Raises NotAllowed, ReviewRefused (also for a week that is not over), AuditUnavailable.
    """
    refusal.check_allowed(user, "audit.sign")
    if not is_over(first):
        raise ReviewRefused("まだ終わっていない週です。日曜日が過ぎてから署名してください。")
    if not comment.strip() or len(comment) > LONGEST_COMMENT:
        raise ReviewRefused(f"所見を{LONGEST_COMMENT}文字までで入力してください。異常がなければ「異常なし」と書きます。")
    for error in text_errors("所見", comment, LONGEST_COMMENT):
        raise ReviewRefused(error)
    counted: dict[str, int] = {}
    for finding in found:
        counted[f"R{finding.rule.number}"] = counted.get(f"R{finding.rule.number}", 0) + 1
    log.append(actor=user.name, action="audit.sign", question=f"week:{first.isoformat()}", row_count=len(found),
               detail={"comment": comment, "findings": counted, "own": sum(finding.actor == user.name for finding in found), "name": user.display_name})


def signatures(first: date) -> list[dict[str, object]]:
    """Who signed the week from `first`, when and with which comment, oldest first; it covers what is before its `seq`."""
    row = ACCESS_LOG.c
    signed = select(row.seq, row.at, row.actor, row.detail).where(row.action == "audit.sign", row.question == f"week:{first.isoformat()}")
    with chain.reading() as connection:
        found = connection.execute(signed.order_by(row.seq)).all()
    return [{"seq": seq, "at": at, "actor": actor, **json.loads(detail)} for seq, at, actor, detail in found]


def uncovered(found: list[Finding], signed: list[dict[str, object]]) -> list[Finding]:
    """Those of the findings that nobody else than whom they are about has signed since their last entry."""
    return [finding for finding in found
            if not any(each["actor"] != finding.actor and each["seq"] > finding.seqs[-1] for each in signed)]


def is_over(first: date) -> bool:
    """Whether the week from `first` has ended, by the clock that the log is written with (in the demo too)."""
    return first + timedelta(days=7) <= _log_day()


def overdue(user: User) -> list[date]:
    """The Mondays of the weeks whose signature is late, oldest first, for whoever may sign; [] for everybody else.

    A signature of somebody whom the findings of that week name does not do: another person's must stand beside it.
    """
    if not decide(user, "audit.sign").allowed:
        return []
    row = ACCESS_LOG.c
    with chain.reading() as connection:
        start = connection.execute(select(row.at).order_by(row.seq).limit(1)).scalar()
        rows = connection.execute(select(row.question, row.actor, row.detail).where(row.action == "audit.sign")).all()
    if start is None:
        return []
    by_others = {question for question, _, detail in rows if not json.loads(detail).get("own")}
    signers = Counter(question for question, _ in {(question, actor) for question, actor, _ in rows})
    first, ended = monday((datetime.fromisoformat(start) + OFFSET).date()), _log_day() - SIGN_WITHIN
    weeks = [first + timedelta(weeks=count) for count in range((ended - first).days // 7)]
    return [week for week in weeks if (named := f"week:{week.isoformat()}") not in by_others and signers[named] < 2]


def _log_day() -> date:
    return (settings.now() + OFFSET).date()
