"""A waiting feed that tests may bend: read its rows, write them back, announce them anew."""

import csv
import hashlib
import io
from datetime import date
from pathlib import Path

import settings
from data_access.contract import systems, tables
from data_access.feed_schedule import FILE_NAME, HEADER
from law.fiscal_year import fiscal_year

DAY_ONE, DAY_TWO = date(2026, 10, 29), date(2026, 10, 30)
FEW = 5


class Feed:
    """One table's file of one business day, and its line in 連携予定."""

    def __init__(self, table: str, day: date = DAY_TWO) -> None:
        self.table, self.day = tables()[table], day
        self.system = systems()[self.table.system]
        self.folder = settings.inbox() / day.isoformat() / self.system.code
        self.path = self.folder / self.line()["ファイル名"]
        header = self.path.read_bytes().partition(b"\r\n")[0] if self.path.is_file() else b""
        self.table = self.table.as_headed(header.decode(self.system.encoding, "replace").split(","))
        self.labels = [column.label for column in self.table.columns]

    def rows(self) -> list[list[str]]:
        """The data rows as text cells, in contract order."""
        return list(csv.reader(io.StringIO(self.path.read_bytes().decode(self.system.encoding), newline="")))[1:]

    def at(self, name: str) -> int:
        """The place of the column `name` in a row."""
        return [column.name for column in self.table.columns].index(name)

    def row(self, **cells: str) -> list[str]:
        """A row of these cells, every other one empty."""
        unknown = cells.keys() - {column.name for column in self.table.columns}
        assert not unknown, unknown
        return [cells.get(column.name, "") for column in self.table.columns]

    def write(self, rows: list[list[str]], labels: list[str] | None = None, encoding: str | None = None) -> None:
        """Write the rows and announce them truly; what the encoding does not know becomes a question mark."""
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerows([labels or self.labels, *rows])
        self.write_bytes(text.getvalue().encode(encoding or self.system.encoding, "replace"), 件数=str(len(rows)), 管理合計=self.totals(rows))

    def write_bytes(self, content: bytes, **announced: str) -> None:
        """Write these bytes and announce their hash."""
        self.path.write_bytes(content)
        self.announce(**{"SHA-256": hashlib.sha256(content).hexdigest()} | announced)

    def change(self, name: str, value: str, row: int = 1) -> None:
        """Put `value` into one cell; `row` counts from 1, the header apart."""
        rows = self.rows()
        rows[row - 1][self.at(name)] = value
        self.write(rows)

    def totals(self, rows: list[list[str]]) -> str:
        """管理合計 of the rows; what is no number counts 0."""
        pairs = [(self.table.column(name).label, [row[self.at(name)] for row in rows if len(row) > self.at(name)]) for name in self.table.control]
        return ";".join(f"{label}={sum(int(cell) for cell in cells if cell.lstrip('-').isdecimal())}" for label, cells in pairs)

    def line(self) -> dict[str, str]:
        """This file's line in 連携予定."""
        return next(line for line in schedule(self.folder) if line["表"] == self.table.name)

    def announce(self, **changes: str) -> None:
        """Change this file's line in 連携予定."""
        lines = schedule(self.folder)
        for line in lines:
            if line["表"] == self.table.name:
                line |= changes
        write_schedule(self.folder, lines)


def book(written_off: dict[str, int], reason: str, day: date = DAY_TWO) -> None:
    """収納 books a 不納欠損 in the waiting difference of `day`: `written_off` is 期別の番号 → yen, all that was owed of each."""
    before, now, booked = Feed("installment", DAY_ONE), Feed("installment", day), Feed("write_off", day)
    key = [now.at("notice_number"), now.at("installment_no")]
    stays = ["0"] * (len(now.labels) - len(before.labels))
    newest = {"-".join(row[place] for place in key): row for row in [*(row + stays for row in before.rows()), *now.rows()]}
    paid = [row[: now.at("stored_unpaid_yen")] + ["0"] + row[now.at("stored_unpaid_yen") + 1 :] for name, row in newest.items() if name in written_off]
    now.write([row for row in now.rows() if "-".join(row[place] for place in key) not in written_off] + paid)
    cells = [dict(zip(("notice_number", "installment_no"), name.split("-"), strict=True)) | {"written_off_yen": str(yen)} for name, yen in written_off.items()]
    booked.write(booked.rows() + [booked.row(**each, written_off_on=day.isoformat(), fiscal_year=str(fiscal_year(day)), reason=reason) for each in cells])


def schedule(folder: Path) -> list[dict[str, str]]:
    """The lines of a folder's 連携予定."""
    return list(csv.DictReader((folder / FILE_NAME).read_text("utf-8").splitlines()))


def write_schedule(folder: Path, lines: list[dict[str, str]]) -> None:
    """Write 連携予定 anew."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, HEADER, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(lines)
    (folder / FILE_NAME).write_bytes(text.getvalue().encode())


def enrich() -> None:
    """Send a few of the first day's rows again on the second: they change nothing, and every table has rows to break."""
    for system in systems().values():
        for table in system.tables if system.due == "daily" else ():
            before, feed = Feed(table.name, DAY_ONE), Feed(table.name)
            own = feed.rows()
            key = [feed.at(name) for name in table.key]
            taken = {tuple(row[place] for place in key) for row in own}
            stays = ["0"] * (len(feed.labels) - len(before.labels))  # 削除フラグ, which only the difference has
            feed.write(own + [row + stays for row in before.rows() if tuple(row[place] for place in key) not in taken][:FEW])
