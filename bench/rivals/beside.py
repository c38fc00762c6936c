"""The console, PostgreSQL and pandas side by side: all three must say the same to the yen before anything is timed."""

import contextlib

import psycopg

from auth.access import User
from bench import postgres, timing
from bench.rivals import questions, tables
from bench.rivals.questions import Question
from bench.timing import Figure
from data_access import query

NAMES = {"postgresql": "PostgreSQL", "pandas": "pandas"}
FROM_RECEIPTS, FROM_ROWS = "全ての収納から", "同じ表から"


def beside(user: User, repeats: int, *, with_receipts: bool) -> list[Figure]:
    """Each question, ours through ask() with the right and the access log, the others bare. Without receipts only what needs none."""
    older_id = query.kept()[1].id
    asked = [each for each in questions.questions(user, older_id) if with_receipts or not each.is_of_receipts]
    as_of, year = query.standing().as_of, query.standing().fiscal_year
    with contextlib.ExitStack() as stack:
        published = stack.enter_context(tables.opened(older_id))
        frames = tables.in_pandas(published, with_receipts=with_receipts)
        database = None
        try:
            database = stack.enter_context(psycopg.connect(stack.enter_context(postgres.server())))
            tables.in_postgres(published, database, with_receipts=with_receipts)
        except postgres.NotHere as reason:
            told = [timing.skipped("PostgreSQL との比較", str(reason))]
        else:
            told = []
        published.close()
        return told + [figure for each in asked for figure in _one(each, frames, database, {"as_of": as_of, "fiscal_year": year}, repeats)]


def _one(each: Question, frames: questions.Frames, database: psycopg.Connection | None, asked: dict, repeats: int) -> list[Figure]:
    others = {"pandas": lambda: each.pandas(frames)}
    if database:
        others["postgresql"] = lambda: sorted(database.execute(each.sql, asked).fetchall())
    expected = each.told(each.ours())
    for name, answer in others.items():
        if (found := answer()) != expected:
            raise SystemExit(f"{each.name}: {name} の答えがコンソールと違います: {found[:5]} / {expected[:5]}")
    taken = timing.side_by_side({"ours": each.ours, **others}, repeats)
    source = FROM_RECEIPTS if each.is_of_receipts else FROM_ROWS
    return [timing.faster(f"{each.name}／{NAMES[name]}で{source}", taken["ours"], taken[name], None) for name in sorted(others)]
