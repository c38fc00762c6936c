"""旧滞納システム's extract: the tables of the cases, with their inquiries, notes and details."""

import numpy as np
import polars as pl

from sample_city.assessment import Bills
from sample_city.cases import DISPOSITION, NONE, PLAN, SUSPENSION, Pursued
from sample_city.clock import NEVER
from sample_city.people import REMOVED, Draw, People
from sample_city.words import pick, words

TARGETS = ["預金", "給与", "不動産", "年金", "生命保険", "車両", "居所"]
RESULTS = ["該当なし", "財産あり", "差押禁止のみ", "居所判明", "居所不明"]
DETAILS = ["生活保護", "相続放棄", "破産免責", "失業", "療養"]


def case_tables(draw: Draw, people: People, bills: Bills, pursued: Pursued, numbers: np.ndarray,
                 head: np.ndarray) -> dict[str, pl.DataFrame]:
    """Every table of the old system but 地区割."""
    return {
        **_plan_tables(draw, bills, pursued, numbers, head),
        **_disposition_tables(draw, bills, pursued, numbers, head),
        **_suspension_tables(draw, bills, pursued, numbers, head),
        "asset_investigation": _investigations(draw, people, pursued, head),
        "delinquent_detail": _details(draw, pursued, head),
        "negotiation_note": _notes(draw, pursued, head),
    }


def _scope(draw: Draw, bills: Bills, pursued: Pursued, kind: int, owner: str, base: int,
           numbers: np.ndarray) -> tuple[pl.DataFrame, np.ndarray]:
    """The installments under each case of one kind, and their positions in the scope."""
    home = bills.household[bills.notice]
    at = pursued.within(home, kind)
    scope = pursued.scope[at]
    case = np.unique(home[scope], return_inverse=True)[1]
    return pl.DataFrame({owner: base + draw.block * 100_000 + case, "notice_number": numbers[bills.notice[scope]],
                         "installment_no": bills.no[scope] + 1}), at


def _plan_tables(draw: Draw, bills: Bills, pursued: Pursued, numbers: np.ndarray,
                 head: np.ndarray) -> dict[str, pl.DataFrame]:
    plans, base = pursued.plans, 10_000_000
    number = base + draw.block * 100_000 + np.arange(plans.household.size)
    return {
        "installment_plan": pl.DataFrame({
            "plan_number": number, "atena_number": head[plans.household], "pledged_on": plans.pledged_on,
            "is_written": plans.is_written.astype(int), "planned_yen": plans.planned, "cancelled_on": plans.cancelled_on}),
        "installment_plan_part": pl.DataFrame({
            "plan_number": number[plans.plan], "part_no": plans.no, "promised_on": plans.promised_on, "promised_yen": plans.promised,
            "paid_on": plans.paid_on, "paid_yen": np.where(plans.paid_on < NEVER, plans.promised, 0)}),
        "installment_plan_scope": _scope(draw, bills, pursued, PLAN, "plan_number", base, numbers)[0],
    }


def _disposition_tables(draw: Draw, bills: Bills, pursued: Pursued, numbers: np.ndarray,
                 head: np.ndarray) -> dict[str, pl.DataFrame]:
    done, base = pursued.dispositions, 30_000_000
    scope, at = _scope(draw, bills, pursued, DISPOSITION, "disposition_number", base, numbers)
    return {
        "disposition": pl.DataFrame({
            "disposition_number": base + draw.block * 100_000 + np.arange(done.household.size), "atena_number": head[done.household],
            "disposition_kind": pick(["差押", "参加差押", "交付要求"], done.kind),
            "asset_kind": pick(["預金", "給与", "生命保険", "年金", "不動産", "動産", "売掛金"], done.asset),
            "took_effect_on": done.took_effect_on, "ended_on": done.ended_on,
            "end_reason": pick(["取立", "配当", "無益解除", "取下げ"], done.end_reason)}),
        "disposition_installment": scope.with_columns(claimed_yen=pl.Series(pursued.balance[at])),
    }


def _suspension_tables(draw: Draw, bills: Bills, pursued: Pursued, numbers: np.ndarray,
                 head: np.ndarray) -> dict[str, pl.DataFrame]:
    stopped, base = pursued.suspensions, 50_000_000
    return {
        "suspension": pl.DataFrame({
            "suspension_number": base + draw.block * 100_000 + np.arange(stopped.household.size),
            "atena_number": head[stopped.household], "ground": pick(["1号", "2号", "3号"], stopped.ground),
            "decided_on": stopped.decided_on, "cancelled_on": stopped.cancelled_on}),
        "suspension_installment": _scope(draw, bills, pursued, SUSPENSION, "suspension_number", base, numbers)[0],
    }


def _investigations(draw: Draw, people: People, pursued: Pursued, head: np.ndarray) -> pl.DataFrame:
    """財産調査: of every case, and of a third of the others in arrears; what was found fits what was done after it."""
    count, clock = head.size, draw.clock
    asked_about = np.isin(pursued.kind, [DISPOSITION, SUSPENSION]) | (pursued.is_open & draw.chance(0.3, count))
    home = np.flatnonzero(asked_about)
    chosen = draw.random.random((home.size, 7)) < np.array([1.0, 0.8, 0.75, 0.6, 0.7, 0.3, 0.06])
    is_bare = (pursued.kind[home] == NONE) & (draw.chance(0.2, home.size) | (people.exit_state[home] == REMOVED))
    chosen[is_bare, :4] = True
    chosen[:, 6] |= people.exit_state[home] == REMOVED
    row, target = np.nonzero(chosen)
    home, is_bare = home[row], is_bare[row]
    kind, size = pursued.kind[home], home.size
    age = np.where(is_bare, draw.days(60, 420, size), draw.days(20, 700, size))
    before = np.where(kind == NONE, clock.first - age, pursued.day[home] - draw.days(40, 200, size))
    answered = before + draw.days(7, 45, size)
    has_answer = draw.chance(np.where((kind == SUSPENSION) | is_bare, 0.97, 0.88), size) & (answered < clock.first)
    found = draw.random.choice(3, size, p=[0.72, 0.2, 0.08])
    result = np.where((kind == SUSPENSION) | is_bare, 0, np.where((kind == DISPOSITION) & (target == 0), 1, found))
    result = np.where(target == 6, np.where((people.exit_state[home] == REMOVED) | draw.chance(0.3, size), 4, 3), result)
    return pl.DataFrame({
        "investigation_number": 7_000_000_000 + draw.block * 1_000_000 + np.arange(size), "atena_number": head[home],
        "target": pick(TARGETS, target), "asked_on": before, "answered_on": np.where(has_answer, answered, NEVER),
        "result": pick(RESULTS, np.where(has_answer, result, -1)),
        "is_confirmed": (has_answer & draw.chance(np.where(is_bare, 0.97, 0.85), size)).astype(int)})


def _details(draw: Draw, pursued: Pursued, head: np.ndarray) -> pl.DataFrame:
    """詳細情報: 生活保護 behind every suspension of 2号, and what others told."""
    clock, stopped = draw.clock, pursued.suspensions
    poor = stopped.household[stopped.ground == 1]
    told = np.flatnonzero(pursued.is_open & draw.chance(0.09, head.size))
    home = np.concatenate([poor, told])
    kind = np.concatenate([np.zeros(poor.size, dtype=int), draw.random.choice(5, told.size, p=[0.2, 0.03, 0.1, 0.42, 0.25])])
    started = np.concatenate([pursued.day[poor] - draw.days(10, 120, poor.size), clock.first - draw.days(30, 900, told.size)])
    ended = np.where((kind == 3) & draw.chance(0.4, home.size), np.minimum(started + 180, clock.first), NEVER)
    sure = np.concatenate([np.ones(poor.size, dtype=bool), draw.chance(0.5, told.size)])
    return pl.DataFrame({
        "detail_number": 8_000_000_000 + draw.block * 1_000_000 + np.arange(home.size), "atena_number": head[home],
        "detail_kind": pick(DETAILS, kind), "started_on": started, "ended_on": ended, "is_confirmed": sure.astype(int)})


def _notes(draw: Draw, pursued: Pursued, head: np.ndarray) -> pl.DataFrame:
    """記事: short bodies from templates, without names or telephone numbers, on working days before the full feed."""
    home = np.flatnonzero(pursued.is_open | (pursued.kind != NONE))
    home = np.repeat(home, np.minimum(draw.random.geometric(0.28, home.size) - 1, 14))
    count = home.size
    day = draw.clock.first - 1 - np.minimum(draw.random.exponential(150, count), 1_500).astype(np.int64)
    day = np.busday_offset(day.astype("datetime64[D]"), 0, roll="backward").astype(np.int64)
    parts = [entry.split("/", 4) for entry in words()["notes"]["templates"]]
    form = draw.random.integers(0, len(parts), count)
    columns = {name: pick([part[place] for part in parts], form)
               for place, name in enumerate(("method", "direction", "counterpart", "outcome", "body"))}
    slots = {"《金額》": draw.days(3, 40, count) * 1000, "《月》": draw.days(1, 12, count),
             "《日》": draw.days(5, 28, count), "《期》": draw.days(1, 10, count)}
    body = columns["body"].to_frame().with_columns(pl.Series(name, values).cast(pl.String) for name, values in slots.items())
    for name in slots:
        body = body.with_columns(pl.col("w").str.replace(name, pl.col(name), literal=True))
    officers = words()["people"]["officers"]
    table = pl.DataFrame({"atena_number": head[home], "contacted_on": day, **columns, "body": body["w"],
                          "officer_name": pick(officers, draw.random.integers(0, len(officers), count))})
    table = table.sort("contacted_on", maintain_order=True)
    return table.with_columns(note_number=pl.Series(9_000_000_000 + draw.block * 1_000_000 + np.arange(count)))
