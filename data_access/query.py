"""ask(user, question, **params): the one way from a page to the data.

A question is a file in queries/: one SELECT over schema `disclosed`, with its grain and the action it needs in the
first lines. It runs on a cursor that carries the asker's districts and clearance, and what it discloses is in
the access log before the caller sees it.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

import settings
from audit import log, refusal, watch
from auth import reveal
from auth.access import NotAllowed, User, clearance, rounded_to, sees_month_ends
from casework.subject import Subject
from data_access import budget, derive, lineage, protected, report
from data_access.connection import Engine, engine, engine_of, reader
from data_access.lineage import Kept
from data_access.noted import beside, kept_back, noted
from data_access.open_day import missed
from data_access.question import question
from data_access.snapshot import SnapshotRefused  # noqa: F401  (pages put it in words)
from law.fiscal_year import fiscal_year

PAST_IS_READ_ONLY = "前の基準日を表示している間は、記録できません。「最新の表示に戻る」を押してから記録してください。"
CASE_OPENED, OWN_CASE = "case_head", "職員本人・世帯"


@dataclass(frozen=True)
class Standing:
    """Which data the screens show: 基準日, snapshot, when it was published, open days whose feeds are missing, and
    whether it is the newest there is."""

    as_of: date
    snapshot_id: str
    published_at: datetime
    missed_days: int
    is_newest: bool = True

    @property
    def fiscal_year(self) -> int:
        return fiscal_year(self.as_of)

    @property
    def is_stale(self) -> bool:
        return self.missed_days > 0


_unrecorded_at: deque[datetime] = deque(maxlen=1)
_looked_at: ContextVar[str | None] = ContextVar("looked_at", default=None)


@contextmanager
def looking_at(snapshot_id: str | None) -> Iterator[None]:
    """Whatever is asked in this block is answered as of that snapshot; None = the newest. One screen, one snapshot."""
    before = _looked_at.set(snapshot_id)
    try:
        yield
    finally:
        _looked_at.reset(before)


def engine_looked_at(snapshot_id: str | None = None) -> Engine:
    """The engine of that snapshot, or of the one this screen looks at; the newest unless somebody chose another."""
    wanted = snapshot_id or _looked_at.get()
    return engine_of(wanted) if wanted else engine()


def is_past() -> bool:
    """Whether this screen looks at an older day: nothing is written or asked for the other office then."""
    return _looked_at.get() not in (None, engine().snapshot.id)


def kept() -> list[Kept]:
    """The snapshots that may be looked at, the newest first. Empty before the first publish."""
    return lineage.offered()


def offered_to(user: User) -> list[Kept]:
    """Those of `kept` that `user` may look at."""
    return lineage.month_ends(kept()) if sees_month_ends(user) else kept()


def ask(user: User, name: str, *, snapshot_id: str | None = None, is_masked: bool = False, **params: object) -> pl.DataFrame:
    """The answer to queries/<name>.sql for `user`, one row per its stated grain, as of the snapshot looked at.

    A question about one person ($atena_ref) benefits from a reveal (一時解除) of that person, and opening another case
    ends it. With `is_masked` nothing that identifies a person is read in clear.

    Raises NotAllowed when the user's role does not hold the question's action, may not look at that day, or has opened, or seen in
    lists, as many people today as it may, AuditUnavailable when the disclosure cannot be recorded, SnapshotRefused when `snapshot_id` is not kept; in each
    case nothing is returned. Sums in which nobody stands are answered without a record, and `is_unrecorded` says so.
    """
    asked = question(name)
    refusal.check_allowed(user, asked.action, name)
    served = _served_to(user, name, snapshot_id)
    about = params.get("atena_ref")
    if about is not None:
        _check_reach(user, name, about)
    if name == CASE_OPENED:
        reveal.leave(user, but=about)
    revealed = None if is_masked else reveal.granted(user, about)
    frame = reader(served, user, revealed=revealed, is_masked=is_masked).sql(asked.sql, params=params).pl()
    frame = _rounded(frame, rounded_to(user))
    columns = [frame[name] for name in ("atena_ref", "other_ref") if name in frame.columns]  # 名寄せ tells of two people
    references = {about, *(reference for column in columns for reference in column)} - {None, ""}
    if about and frame.height:
        references |= beside(served, name, about)
    if told := budget.list_exceeded(user, name, references):
        refusal.refuse(user, name, told)
    hidden_lines = kept_back(name, frame, reads_addresses=clearance(user)["C2"] == "read")
    try:
        log.append(actor=user.name, action=asked.action, question=name, snapshot_id=served.snapshot.id, row_count=frame.height, atena_refs=list(references),
                   detail=noted(served, references, params, hidden_lines) | ({"reveal": revealed.id} if revealed else {}))
    except log.AuditUnavailable:
        if not asked.is_without_persons or references:
            raise
        _unrecorded_at.append(settings.now())
    else:
        _unrecorded_at.clear()
    return frame


def _served_to(user: User, name: str, snapshot_id: str | None) -> Engine:
    """Of the snapshot looked at; for whoever is shown month ends only, one of those and no other."""
    wanted = snapshot_id or _looked_at.get()
    if not sees_month_ends(user):
        return engine_looked_at(wanted)
    ids = [each.id for each in offered_to(user)]
    if wanted is not None and wanted not in ids:
        refusal.refuse(user, name, "この役割が見られるのは、月ごとの最後の基準日だけです。")
    return engine_of(wanted or ids[0]) if ids else engine()


def _rounded(frame: pl.DataFrame, unit: int) -> pl.DataFrame:
    """Every amount rounded half up to `unit` yen, each from its exact sum, so that no total is a total of rounded parts; disclosed.sql
    does the same to the rates. Done here, so that no question can forget it."""
    amounts = [name for name in frame.columns if name == "yen" or name.endswith("_yen")] if unit > 1 else []
    return frame.with_columns(((pl.col(name) + unit // 2) // unit * unit).cast(frame.schema[name]) for name in amounts)


def is_unrecorded() -> bool:
    """Whether the last answer of this process was one of sums that the access log could not record."""
    return bool(_unrecorded_at)


def _check_reach(user: User, name: str, atena_ref: str) -> None:
    """Before a question about one person. Their own record is answered like a stranger's, and the asking recorded; past
    the day's number of people (budget) it raises NotAllowed."""
    if atena_ref in watch.own(user.name):
        refusal.record(actor=user.name, question=name, reason=OWN_CASE, atena_ref=atena_ref)
    if told := budget.exceeded(user, atena_ref):
        refusal.refuse(user, name, told, atena_ref[:40])


def held_intakes(user: User) -> pl.DataFrame:
    """The intakes that wait for a person's decision, oldest day first: business_date, id, digest, started_at and the
    reasons. Also before the first snapshot is published, when `ask` has nothing to answer from.

    Raises NotAllowed. No person is in it; `id` and `digest` go to casework.intake_decision.decide_intake."""
    refusal.check_allowed(user, "feed.detail", "held_intakes")
    rows = [{"business_date": date.fromisoformat(each.business_date), "id": each.id, "digest": each.digest, "started_at": each.started_at,
             "reasons": [problem.sentence() for problem in each.problems if problem.severity == report.HELD]} for each in report.held()]
    return pl.DataFrame(rows, schema={"business_date": pl.Date, "id": pl.String, "digest": pl.String, "started_at": pl.String,
                                      "reasons": pl.List(pl.String)})


def refused(user: User, module: str, reason: str) -> None:
    """Record that somebody asked for a page that is not theirs (its address typed, or a right taken away meanwhile)."""
    refusal.record(actor=user.name, question=f"page:{module}", reason=reason)


def standing() -> Standing:
    """What the screens stand on now. Raises NothingPublished before the first snapshot."""
    used, newest = engine_looked_at().snapshot, engine()
    published_at = datetime.fromisoformat(used.manifest["published_at"])
    return Standing(used.business_date, used.id, published_at, _missed(newest), used.id == newest.snapshot.id)


def _missed(newest: Engine) -> int:
    return len(missed(newest.snapshot.business_date, settings.today(), settings.now()))


def marks_of_now() -> int:
    """A number that changes when somebody is marked (支援措置) or a mark is lifted; it says nothing of whom."""
    return hash(protected.marked())


def reference_of(atena_number: str) -> str:
    """The 参照番号 of a 宛名番号 that a caller or a paper named; whether it may be seen is the question's business."""
    return derive.atena_ref(atena_number, settings.secret("pseudonym"))


def subject(user: User, atena_ref: str) -> Subject:
    """The person a command may act on, when `user` may see the case. Raises NotAllowed otherwise, and while an older
    day is looked at: what is written belongs to today."""
    served = engine()
    if _looked_at.get() not in (None, served.snapshot.id):
        raise NotAllowed(PAST_IS_READ_ONLY)
    cursor = reader(served, user)
    found = cursor.execute(
        "select atena_number, atena_ref, district_code from serving.case_subject "
        "semi join disclosed.case_subject using (atena_ref) where atena_ref = ?", [atena_ref]).fetchone()
    own = cursor.execute("select notice_number || '-' || installment_no, flash_yen > 0, unpaid_yen, coalesce(claim_state = '消滅' and not needs_person, false) "
                         "from derived.case_installment where atena_number = ?", [found[0]]).fetchall() if found else []
    suspects = cursor.execute(
        "select distinct seen.suspect_key, if(pair.first_number = $number, pair.second_number, pair.first_number) "
        "from disclosed.duplicate_suspect as seen join derived.duplicate_suspect as pair on pair.evidence = seen.suspect_key "
        "where seen.atena_ref = $ref", {"number": found[0], "ref": atena_ref}).fetchall() if found else []
    if found is None:
        refusal.record(actor=user.name, question="subject", reason=OWN_CASE if atena_ref in watch.own(user.name) else "担当地区の外", atena_ref=atena_ref[:40])
        raise NotAllowed("この参照番号の滞納者は、担当地区にありません。地区ワークリストから開き直してください。")
    return Subject(*found, frozenset(key for key, *_ in own), frozenset(suspects), frozenset(key for key, is_paid, *_ in own if is_paid),
                   frozenset((key, yen) for key, _, yen, _ in own), frozenset(key for key, *_, is_extinct in own if is_extinct), _missed(served))
