"""長寿社会課の照会: which persons they ask about, and 滞納額・滞納期間 of each on the day asked (介護保険法68条5項).

The file is inbox/<date>/choju/arrears_inquiry_<YYYYMMDD>_F.csv, UTF-8, with the header 照会番号,宛名番号,基準日.
"""

import csv
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import settings
from data_access import snapshot, spill
from data_access.feed_rules import literal
from data_access.snapshot import Snapshot
from law.sanctions import long_term_care_extract

HEADER = ["照会番号", "宛名番号", "基準日"]
NO_DATA, NO_RECORD, SOME, NONE = "この基準日のデータなし", "国保料の記録なし", "滞納あり", "滞納なし"


class InquiryInvalid(Exception):
    """照会ファイルを読めない。The text says which row and what to do, and quotes nothing."""


@dataclass(frozen=True)
class Inquiry:
    """One question: its number, whom it is about, and the day for which it asks."""

    inquiry_number: str
    atena_number: str
    as_of: date


def path_of(business_date: date) -> Path:
    """Where the inquiries of a day are, when there are any."""
    return settings.inbox() / business_date.isoformat() / "choju" / f"arrears_inquiry_{business_date:%Y%m%d}_F.csv"


def read(text: str) -> tuple[Inquiry, ...]:
    """The inquiries of one file. Raises InquiryInvalid with the first row that is wrong."""
    rows = list(csv.reader(text.removeprefix("\ufeff").splitlines()))
    if not rows or rows[0] != HEADER:
        raise InquiryInvalid(f"照会ファイルの見出しが違います。{'・'.join(HEADER)} にして送り直してもらってください。")
    found = tuple(_inquiry(row, number) for number, row in enumerate(rows[1:], start=2))
    if len({each.inquiry_number for each in found}) != len(found):
        raise InquiryInvalid("照会ファイルに同じ照会番号が2つあります。番号を分けて送り直してもらってください。")
    return found


def _inquiry(row: list[str], number: int) -> Inquiry:
    shapes = (r"[0-9A-Za-z-]{1,20}", r"[0-9]{10}", r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
    if len(row) != len(HEADER) or not all(re.fullmatch(shape, cell) for shape, cell in zip(shapes, row, strict=True)):
        raise InquiryInvalid(f"照会ファイルの {number} 行目の形が違います。照会番号・宛名番号10桁・基準日（YYYY-MM-DD）にして送り直してもらってください。")
    try:
        return Inquiry(row[0], row[1], date.fromisoformat(row[2]))
    except ValueError:
        raise InquiryInvalid(f"照会ファイルの {number} 行目の基準日が実在しない日です。直して送り直してもらってください。") from None


def snapshots_for(inquiries: tuple[Inquiry, ...], current: Snapshot) -> dict[str, Snapshot]:
    """Day asked for (ISO) → the snapshot that answers: the served one, or the newest kept one of that day."""
    asked = {each.as_of for each in inquiries}
    found = {kept.business_date.isoformat(): kept for kept in reversed(snapshot.kept()) if kept.business_date in asked and kept.id <= current.id}
    return {**found, **({current.business_date.isoformat(): current} if current.business_date in asked else {})}


def answers(inquiries: tuple[Inquiry, ...], snapshots: dict[str, Snapshot]) -> list[dict]:
    """One row for each inquiry, in their order: 回答, and where there are arrears 滞納額 and 滞納期間."""
    balances = {day: _balances(used, {each.atena_number for each in inquiries}) for day, used in snapshots.items()}
    return [_answer(each, balances.get(each.as_of.isoformat())) for each in inquiries]


def _balances(used: Snapshot, numbers: set[str]) -> dict[str, list[tuple[date, int]]]:
    found = defaultdict(list)
    with spill.connect() as connection:
        rows = connection.execute(
            f"select atena_number, due_date, unpaid_yen from read_parquet({literal(str(used.folder / 'derived' / 'balance.parquet'))}) "
            "where atena_number in (select unnest(?::varchar[]))", [sorted(numbers)]).fetchall()
    for number, due_date, unpaid_yen in rows:
        found[number].append((due_date, unpaid_yen))
    return found


def _answer(inquiry: Inquiry, balances: dict[str, list[tuple[date, int]]] | None) -> dict:
    row = {**vars(inquiry), "arrears_yen": None, "arrears_from": None, "arrears_to": None}
    if balances is None:
        return {**row, "answer": NO_DATA}
    if inquiry.atena_number not in balances:
        return {**row, "answer": NO_RECORD}
    extract = long_term_care_extract(balances[inquiry.atena_number], inquiry.as_of)
    start, end = extract.arrears_period or (None, None)
    return {**row, "answer": SOME if extract.arrears_yen else NONE, "arrears_yen": extract.arrears_yen, "arrears_from": start, "arrears_to": end}
