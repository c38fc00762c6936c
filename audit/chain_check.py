"""Is a chain whole, and what were its roots? A long chain is walked in spans, one to a processor, and only its newest end in one
moment of the store. Entries are never changed, so when a span is read does not matter.
"""

import os
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from json.encoder import encode_basestring
from multiprocessing import get_context

from sqlalchemy import Connection, MetaData, Select, Table, select

import store
from audit import chain
from audit.merkle import Tree, leaf

APART = "\x7f"  # between the texts of a row; JSON writes it as it is
SPAN = 1 << 18  # entries; a power of two, so that the root over a span is a node of the tree


@dataclass(frozen=True)
class Checked:
    """`bad`: the first seq at which the chain is broken (changed, missing, foreign or out of order), or None.
    `roots`: size → Merkle root (hex) over so many entries, for each size that was asked and is there."""

    bad: int | None
    roots: dict[int, str]


@dataclass(frozen=True)
class _Walked:
    bad: int | None
    seq: int  # of the last entry
    began: str | None  # the hash of the entry before the first
    sealed: str  # the hash of the last
    tree: Tree
    marks: dict[int, Tree]  # of these entries alone, at each size of the chain that was asked


def verify(table: Table) -> int | None:
    """The first seq at which the chain is broken, or None. Raises ChainUnavailable."""
    return check(table).bad


def check(table: Table, sizes: Collection[int] = (), span: int = SPAN) -> Checked:
    """Verify the whole chain against its head, and give the roots at `sizes`. Raises ChainUnavailable.

    A span that does not hold sends the whole chain through one walk, entry by entry: it names the first bad one.
    """
    wanted = frozenset(sizes)
    spans = _spans(table, wanted, chain.length(table) // span, span)
    sealed = spans[-1].sealed if spans else chain.GENESIS
    with chain.reading() as connection:
        last = _walk(connection, table, wanted, len(spans) * span, began=sealed)
        bad = _against_head(chain.head(connection, table), last) if last.bad is None else last.bad
    before, roots = Tree(), {0: Tree().root()} if 0 in wanted else {}
    for walked in (*spans, last):
        roots |= {size: before.then(mark).root() for size, mark in walked.marks.items()}
        before = before.then(walked.tree)
    return Checked(bad, roots)


def _spans(table: Table, wanted: frozenset[int], count: int, span: int) -> list[_Walked]:
    """Each of the first `count` spans; nothing when there is nothing to share out, or one of them does not hold."""
    if count < 2:
        return []
    places = [number * span for number in range(count)]
    try:
        with ProcessPoolExecutor(min(count, len(os.sched_getaffinity(0))), mp_context=get_context("spawn")) as pool:
            walked = list(pool.map(partial(_span, table.name, wanted, span), places))
    except BrokenProcessPool:
        raise chain.ChainUnavailable("確かめる処理が途中で止まりました") from None
    begins = [chain.GENESIS, *(each.sealed for each in walked)]
    held = (each.bad is None and each.seq == at + span and each.began == began for each, at, began in zip(walked, places, begins, strict=False))
    return walked if all(held) else []


def _span(name: str, wanted: frozenset[int], span: int, after: int) -> _Walked:
    """In a process of its own: the entries after seq `after`, as many as a span holds."""
    table = Table(name, MetaData(), autoload_with=store.engine())
    with chain.reading() as connection:
        began = connection.execute(select(table.c.hash).where(table.c.seq == after)).scalar() if after else chain.GENESIS
        return _walk(connection, table, wanted, after, began, until=after + span)


def _walk(connection: Connection, table: Table, wanted: frozenset[int], after: int, began: str | None, until: int | None = None) -> _Walked:
    """The entries after seq `after`, whose hash is `began`, one by one. Without `wanted` no tree is made, and the first bad one ends it."""
    seq, sealed, bad = after, began, None
    tree, marks, sealing = Tree(), {}, _sealing(table)
    for row in _rows(connection, table, after, until):
        found, prev_hash, own = row[:3]
        if bad is None:
            if found != seq + 1:
                bad = min(found, seq + 1)
            elif prev_hash != sealed or own != sealing(row):
                bad = found
            seq, sealed = found, own
        if wanted:
            tree.add(leaf(own))
            if after + tree.size in wanted:
                marks[after + tree.size] = Tree(tree.size, tree.peaks)
        elif bad is not None:
            break
    return _Walked(bad, seq, began, sealed, tree, marks)


def _against_head(head: tuple[int, str] | None, last: _Walked) -> int | None:
    seq, sealed = head or (0, chain.GENESIS)
    if seq != last.seq:
        return min(seq, last.seq) + 1
    return None if sealed == last.sealed else seq


def _rows(connection: Connection, table: Table, after: int, until: int | None) -> Iterator[tuple]:
    """The columns of `_columns`, as the driver gives them: a row of SQLAlchemy's own for each of millions takes as long as reading it."""
    in_order = select(*(table.c[name] for name in _columns(table))).order_by(table.c.seq).limit(chain.PAGE)
    if until is not None:
        in_order = in_order.where(table.c.seq <= until)
    page = _fetched(connection, in_order.where(table.c.seq > after) if after else in_order)
    while page:
        yield from page
        page = _fetched(connection, in_order.where(table.c.seq > page[-1][0]))


def _fetched(connection: Connection, asked: Select) -> list[tuple]:
    with connection.execute(asked) as result:
        return result.cursor.fetchall()


def _columns(table: Table) -> list[str]:
    """seq, prev_hash, hash, then every other hashed column: the texts first, the integers after them."""
    others = sorted(set(table.columns.keys()) - {"seq", "prev_hash", "hash"})
    return ["seq", "prev_hash", "hash", *sorted(others, key=lambda name: table.c[name].type.python_type is int)]


def _sealing(table: Table) -> Callable[[tuple], str | None]:
    """chain.seal for millions of rows of `_columns`; None for what we never write. The text is that of `canonical`, put together without
    a dict or an encoder per row: all texts of a row are written as JSON together, held apart by a sign that JSON leaves alone."""
    columns = _columns(table)
    names = sorted({*columns} - {"prev_hash", "hash"})
    texts = [name for name in columns[3:] if table.c[name].type.python_type is not int]
    last = 3 + len(texts)
    integers = [(names.index(name), columns.index(name)) for name in names if name not in texts]
    places = [columns.index(name) for name in names]
    whole = "%s{" + ",".join(f'"{name}":"%s"' if name in texts else f'"{name}":%s' for name in names) + "}"
    by_cell = "%s{" + ",".join(f'"{name}":%s' for name in names) + "}"

    def sealing(row: tuple) -> str | None:
        try:
            try:
                written = encode_basestring(APART.join(row[3:last]))[1:-1].split(APART)
            except TypeError:  # a text that is not there, or is none
                written = ()
            if len(written) == len(texts) and all(type(row[at]) is int for _, at in integers):
                for place, at in integers:
                    written.insert(place, row[at])
                text = whole % (row[1], *written)
            else:
                text = by_cell % (row[1], *(_written(row[at]) for at in places))
            return sha256(text.encode()).hexdigest()
        except (TypeError, UnicodeEncodeError):
            return None

    return sealing


def _written(value: object) -> str:
    if type(value) is str:
        return encode_basestring(value)
    if type(value) is int:
        return str(value)
    if value is None:
        return "null"
    raise TypeError
