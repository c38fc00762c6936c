"""A file in the national standard's shape as what it is of one of our tables: amounts added up, rows of one key made one.

036o005 調定収納情報 has a row a 期別 with the notice's own items on each, and 医療・支援・介護 as columns (一般 and 退職 apart).
Which interface is read how stands in contract/interfaces.toml; one that feeds one table needs nothing of this.
"""

import csv
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from data_access.contract import Interface, Table, interfaces, tables
from data_access.feed_schedule import Feed
from data_access.feed_text import RESEND, Unreadable, places
from data_access.quarantine import IN_FILE

ROW = "元の行"  # header of a row's number in the file as it came; interfaces.toml knows it


def part(feed: Feed, text: Path) -> Feed:
    """Rewrite `text` (the verified file, UTF-8) to the rows of `feed.table`; the feed with the count and totals of these.

    The file itself is still held to its announcement: by the table that is read row by row. Raises Unreadable."""
    interface = interfaces().get(feed.announced.interface)
    if interface is None:
        return feed
    made = text.with_suffix(".part")
    with text.open(encoding="utf-8", newline="") as source, made.open("w", encoding="utf-8", newline="") as target:
        rows = csv.reader(source, strict=True)
        writer = csv.writer(target, lineterminator="\r\n")
        try:
            labels = next(rows, [])
            count = _grouped(interface, labels, rows, writer) if feed.table.name == interface.grouped else _each(interface, labels, rows, writer)
        except csv.Error:
            raise Unreadable(feed.problem("CSV として読めません", "改行（CRLF）と引用符を揃えて" + RESEND)) from None
    os.replace(made, text)
    if feed.table.name != interface.grouped:
        return feed
    total, each = feed.table.column(interface.total).label, tables()[interface.rows_of].column(interface.total).label
    stated = feed.announced.totals
    return replace(feed, announced=replace(feed.announced, row_count=count, totals=stated | ({total: stated[each]} if each in stated else {})))


def row(feed: Feed, extra: list[str]) -> str:
    """SQL of a row's number in the file as it came."""
    interface = interfaces().get(feed.announced.interface)
    return f"extra_{extra.index(ROW)}::bigint" if interface and feed.table.name == interface.grouped else IN_FILE


def _each(interface: Interface, labels: list[str], rows: Iterator[list[str]], writer) -> int:
    """Every row, without what only the grouped table has, and with the sums; a row of another length stays as it is."""
    own, other = tables()[interface.rows_of], tables()[interface.grouped]
    theirs = set(places(other, labels)[0].values()) - set(places(own, labels)[0].values())
    kept = [place for place, label in enumerate(labels) if label not in theirs]
    added = [(own.column(name).label, [labels.index(header) for header in headers]) for name, headers in interface.sums.items()
             if set(headers) <= set(labels)]
    writer.writerow([*(labels[place] for place in kept), *(label for label, _ in added)])
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007 - the number of rows is the answer
        is_whole = len(row) == len(labels)
        writer.writerow([*(row[place] for place in kept), *(_sum(row[place] for place in of) for _, of in added)] if is_whole else row)
    return count


def _grouped(interface: Interface, labels: list[str], rows: Iterator[list[str]], writer) -> int:
    """One row for all that say the same of their key, with the total and the number of the first; two that differ stay two."""
    own = tables()[interface.grouped]
    at, amount = _at(own, labels, but=interface.total), _at(tables()[interface.rows_of], labels)
    found: dict[tuple[str, ...], tuple[int, list[str]]] = {}
    for number, row in enumerate(rows, start=2):
        if len(row) == len(labels):
            cells = tuple(row[place] for place in at.values())
            found.setdefault(cells, (number, []))[1].append(row[amount[interface.total]] if interface.total in amount else "")
    writer.writerow([*(labels[place] for place in at.values()), own.column(interface.total).label, ROW])
    for cells, (number, yen) in found.items():
        writer.writerow([*cells, _sum(yen), number])
    return len(found)


def _at(table: Table, labels: list[str], but: str = "") -> dict[str, int]:
    """Where each column of `table` stands in the file."""
    return {name: labels.index(label) for name, label in places(table, labels)[0].items() if name != but}


def _sum(cells) -> str:
    """The sum of whole yen, an empty cell as 0; the first cell that is no amount, for the rules to find."""
    every = [cell.strip() for cell in cells]
    wrong = next((cell for cell in every if cell and not re.fullmatch(r"-?[0-9]{1,11}", cell)), None)
    return wrong if wrong is not None else str(sum(int(cell or 0) for cell in every))
