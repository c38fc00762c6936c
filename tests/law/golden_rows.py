"""Published worked examples (tests/law/golden): rows as dicts of text, and the list of those not reproduced."""

import csv
from datetime import date
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "golden"
NOT_REPRODUCED = "not_reproduced.csv"


def rows(file_name: str) -> list[dict[str, str]]:
    with (FOLDER / file_name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def case_id(row: dict[str, str]) -> str:
    return row.get("case_id") or row["from"]


def listed() -> dict[tuple[str, str], str]:
    """(file, case) → why it is not reproduced."""
    return {(row["file"], row["case_id"]): row["reason"] for row in rows(NOT_REPRODUCED)}


def usable(file_name: str) -> list[dict[str, str]]:
    """The rows that must be reproduced."""
    return [row for row in rows(file_name) if (file_name, case_id(row)) not in listed()]


def day(text: str) -> date:
    return date.fromisoformat(text)
