"""Feeds damaged at random: refused, or their good rows taken in and the others set aside, exactly as a plain reading says."""

import random
import shutil

import duckdb
import pytest

from data_access import quarantine
from data_access.feed_check import checked
from data_access.feed_schedule import Announced
from data_access.feed_schedule import Feed as Checked
from tests.data_access import plain_reading
from tests.data_access.feeds import DAY_ONE, Feed

TABLES = ("person", "mailing_address", "protection", "nhi_levy", "receipt", "installment", "demand", "overpayment", "negotiation_note",
          "resident_tax", "employment", "co_ownership")
ODD = ("", " ", "0", "-1", "1.5", "1e3", "２", "99999999999999", "20260231", "0000-00-00", "2026/10/30", "因" * 200, '"', "'", ",", "\x07", "\r", "\n",
       "\u202e", "NULL", "null", "=1+1", "0x10", " 1", "１２３４５６７８９０１８", "true", "infinity", "2026-1-1", "+5", "\\", "'); drop table x")
COUNT, MORE = 150, 450


def damage_bytes(rng: random.Random, content: bytes) -> bytes:
    start = rng.randrange(len(content))
    end = min(len(content), start + rng.choice((1, 1, 1, 2, 5, 40)))
    piece = content[start:end]
    return content[:start] + rng.choice((
        bytes([content[start] ^ 1 << rng.randrange(8)]) + content[start + 1:],
        content[end:],
        piece + content[start:],
        bytes(rng.randrange(256) for _ in piece) + content[end:],
        rng.choice((b'"', b",", b"\n", b"\r", b"\r\n", b'""', b"\xef\xbb\xbf", b"\x1a", b" ")) + content[start:],
        b"",
    ))


def damage_cells(rng: random.Random, feed: Feed, rows: list[list[str]]) -> tuple[list[list[str]], list[str]]:
    rows, labels = [list(row) for row in rows], list(feed.labels)
    row, at, other = rng.randrange(len(rows)), rng.randrange(len(labels)), rng.randrange(len(labels))
    kind = rng.choice(("odd", "odd", "odd", "swap", "move", "double", "drop", "labels", "turn", "short"))
    if kind == "odd":
        rows[row][at] = rng.choice(ODD)
    elif kind == "swap":
        rows[row][at], rows[row][other] = rows[row][other], rows[row][at]
    elif kind == "move":
        rows[row][at] = rng.choice(rows)[at]
    elif kind == "double":
        rows.append(list(rows[row]))
    elif kind == "drop":
        del rows[row]
    elif kind == "labels":
        labels[at], labels[other] = labels[other], labels[at]
    elif kind == "turn":
        rows, labels = [line[::-1] for line in rows[::-1]], labels[::-1]
    else:
        rows[row] = rows[row][:-1]
    return rows, labels


def take(connection, feed: Feed, folder, announced: dict[str, str]) -> tuple[list[tuple], int] | None:
    """The rows that intake would keep of the file on disk, and how many it sets aside; None when it is refused."""
    line = feed.line() | announced
    totals = dict(pair.split("=") for pair in line["管理合計"].split(";") if pair)
    own = Announced(feed.table.name, feed.path.name, feed.system.encoding, line["区分"], 1, int(line["件数"]),
                    {label: int(yen) for label, yen in totals.items()}, line["SHA-256"])
    sheet, _ = checked(connection, Checked(feed.system, feed.table, own), feed.path, folder)
    if sheet is None:
        return None
    columns = ", ".join(column.name for column in feed.table.columns)
    return connection.execute(f"select {columns} from {sheet.parquet}").fetchall(), quarantine.account(connection, sheet).aside_count


def attempt(seed: int, city: dict[str, list[list[str]]], connection, folder) -> str:
    rng = random.Random(seed)
    feed = Feed(rng.choice(TABLES), DAY_ONE)
    start = rng.randrange(max(1, len(city[feed.table.name]) - 5))
    rows = city[feed.table.name][start:start + 5]
    feed.write(rows)
    honest = {name: feed.line()[name] for name in ("件数", "管理合計", "SHA-256")}
    before = feed.path.read_bytes()
    if rng.random() < 0.5:
        feed.write_bytes(damage_bytes(rng, before))
    else:
        feed.write(*damage_cells(rng, feed, rows))
    after = feed.path.read_bytes()
    unannounced = take(connection, feed, folder, honest)
    assert (unannounced is None) == (after != before), f"seed {seed}: {feed.table.name} changed behind its hash"
    kept = take(connection, feed, folder, {})
    if kept is None:
        return "refused"
    try:
        said = plain_reading.sift(feed.system, feed.table, after)
    except plain_reading.Broken as reason:
        raise AssertionError(f"seed {seed}: {feed.table.name} taken in although {reason}: {after!r}") from None
    assert kept == said, f"seed {seed}: {feed.table.name}"
    return "set aside" if kept[1] else "the same" if after == before else "as it says"


@pytest.fixture
def sandbox(founded, tmp_path, monkeypatch):
    """The first day's inbox, private, and one connection."""
    shutil.copytree(founded["eve"] / "inbox" / DAY_ONE.isoformat(), tmp_path / "inbox" / DAY_ONE.isoformat())
    monkeypatch.setenv("CONSOLE_HOME", str(tmp_path))
    with duckdb.connect(config={"threads": 1}) as connection:
        yield connection, tmp_path


def run(seeds: range, sandbox) -> dict[str, int]:
    connection, folder = sandbox
    city = {table: Feed(table, DAY_ONE).rows() for table in TABLES}
    ends: dict[str, int] = {}
    for seed in seeds:
        end = attempt(seed, city, connection, folder)
        ends[end] = ends.get(end, 0) + 1
    return ends


@pytest.mark.slow
def test_damaged_feeds_are_refused_or_read_as_they_are(sandbox):
    ends = run(range(COUNT), sandbox)
    assert ends["refused"] > COUNT / 4, ends
    assert ends["set aside"] > COUNT / 20, ends
    assert ends["as it says"] > 0, ends


@pytest.mark.slow
def test_many_more_damaged_feeds(sandbox):
    assert run(range(COUNT, COUNT + MORE), sandbox)["refused"] > MORE / 4
