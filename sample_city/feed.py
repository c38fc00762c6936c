"""The files the upstream systems drop: contract columns, Japanese header, declared encoding, 連携予定 with hashes."""

import hashlib
import tomllib
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import polars as pl

import settings
from sample_city.clock import NEVER, number

HISTORY = ["履歴番号", "最新フラグ", "削除フラグ"]
DELETES = ("flash_receipt",)  # tables without a history whose differences say which rows are gone
SYSTEMS = ("atena", "kokuho", "shuno", "juminzei", "kotei", "keiji", "tainou")
PLAN_HEADER = "表,ファイル名,文字コード,区分,連番,件数,管理合計,SHA-256,対象日"
ROWS_AT_ONCE = 400_000


@cache
def contract(system: str) -> dict:
    """The contract of one system, as its TOML says it."""
    path = settings.ROOT / "data_access" / "contract" / f"{system}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def tables(system: str) -> dict[str, dict]:
    """The tables of one system by identifier, in contract order."""
    return contract(system)["table"]


def visible(rows: pl.DataFrame, day: int, since: int | None) -> pl.DataFrame:
    """The rows a feed of `day` carries: all so far, or those that came or were superseded after `since`."""
    if "from_day" not in rows.columns:
        return rows if since is None else rows.clear()
    came = pl.col("from_day") <= day
    if since is not None:
        fresh = pl.col("from_day") > since
        if "until_day" in rows.columns:
            fresh |= pl.col("until_day").is_between(since + 1, day)
        came &= fresh
    return rows.filter(came)


@dataclass
class OpenFile:
    """A feed file being written, with what 連携予定 will say of it."""

    name: str
    file: BinaryIO
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    rows: int = 0
    totals: dict[str, int] = field(default_factory=dict)

    def write(self, text: bytes) -> None:
        """Append bytes; the hash follows."""
        self.digest.update(text)
        self.file.write(text)


class Feed:
    """One system's folder of one business day."""

    def __init__(self, inbox: Path, system: str, day: date, sequence: int, *, is_full: bool) -> None:
        self.system, self.day, self.sequence = system, day, sequence
        self.folder = inbox / day.isoformat() / system
        self.folder.mkdir(parents=True, exist_ok=True)
        for left_over in self.folder.glob("*.csv"):
            left_over.unlink()
        self.encoding = contract(system)["system"]["encoding"]
        self.is_full = is_full
        self.files = {table: self._open(table) for table in tables(system)}

    def _open(self, table: str) -> OpenFile:
        name = f"{table}_{self.day:%Y%m%d}_{'F' if self.is_full else 'D'}.csv"
        spec = tables(self.system)[table]
        opened = OpenFile(name, (self.folder / name).open("wb"))
        header = [column["label"] for column in spec["columns"]] + (HISTORY if spec.get("history") else HISTORY[-1:] if self._tells_gone(table) else [])
        opened.write((",".join(header) + "\r\n").encode(self.encoding))
        opened.totals = dict.fromkeys(spec.get("control", []), 0)
        return opened

    def _tells_gone(self, table: str) -> bool:
        """True when a difference says of each row whether it is gone; a full feed leaves those out."""
        return table in DELETES and not self.is_full

    def append(self, table: str, rows: pl.DataFrame) -> int:
        """Write rows of a block; returns how many."""
        opened, spec = self.files[table], tables(self.system)[table]
        if table in DELETES and self.is_full:
            rows = rows.filter(pl.col("until_day") > number(self.day))
        if self.is_full and self.sequence > 1 and not spec.get("history"):  # changed since the first day: sent as it is now
            rows = rows.unique(spec["key"], keep="last", maintain_order=True)
        for start in range(0, rows.height, ROWS_AT_ONCE):
            part = rows.slice(start, ROWS_AT_ONCE)
            text = BytesIO()
            self._cells(part, table).write_csv(text, include_header=False, line_terminator="\r\n", date_format=self._date_format())
            plain = text.getvalue()
            opened.write(plain if self.encoding == "utf-8" or plain.isascii() else plain.decode("utf-8").encode(self.encoding))
        opened.rows += rows.height
        for column in opened.totals:
            opened.totals[column] += int(rows[column].sum())
        return rows.height

    def _date_format(self) -> str:
        return "%Y-%m-%d" if self.encoding == "utf-8" else "%Y%m%d"

    def _cells(self, rows: pl.DataFrame, table: str) -> pl.DataFrame:
        spec = tables(self.system)[table]
        cells = [_cell(rows.schema[column["name"]], column) for column in spec["columns"]]
        if spec.get("history"):
            newest = (pl.col("until_day") > number(self.day)).cast(pl.Int8)
            gone = pl.col("is_deleted") if "is_deleted" in rows.columns else pl.lit(0)
            cells += [pl.col("history_number"), newest.alias("newest"), gone.cast(pl.Int8).alias("deleted")]
        elif self._tells_gone(table):
            cells.append((pl.col("until_day") <= number(self.day)).cast(pl.Int8).alias("deleted"))
        return rows.select(cells)

    def close(self) -> int:
        """Finish every file and write 連携予定 last; returns the bytes written."""
        lines, size = [PLAN_HEADER], 0
        for table, opened in self.files.items():
            size += opened.file.tell()
            opened.file.close()
            labels = {column["name"]: column["label"] for column in tables(self.system)[table]["columns"]}
            totals = ";".join(f"{labels[name]}={total}" for name, total in opened.totals.items())
            lines.append(",".join([table, opened.name, self.encoding, "全件" if self.is_full else "差分", str(self.sequence),
                                   str(opened.rows), totals, opened.digest.hexdigest(), self.day.isoformat()]))
        (self.folder / "連携予定.csv").write_bytes(("\r\n".join(lines) + "\r\n").encode("utf-8"))
        return size


def _cell(kind: pl.DataType, column: dict) -> pl.Expr:
    """One contract column as it stands in the file: codes padded, days as dates, NEVER as empty."""
    cell = pl.col(column["name"])
    if kind.is_integer() and column["type"] == "date":
        return pl.when(cell < NEVER).then(cell).cast(pl.Int32).cast(pl.Date).alias(column["name"])
    if kind.is_integer() and column["type"].startswith("code("):
        return cell.cast(pl.String).str.zfill(int(column["type"][5:-1]))
    return cell
