"""Published worked examples (law/golden): rows as dicts of text, and the list of those not reproduced."""

from datetime import date

from law.examples import GOLDEN, NOT_REPRODUCED, rows
from law.examples import left_out as listed

FOLDER = GOLDEN
__all__ = ["FOLDER", "NOT_REPRODUCED", "case_id", "day", "listed", "rows", "usable"]


def case_id(row: dict[str, str]) -> str:
    return row.get("case_id") or row["from"]


def usable(file_name: str) -> list[dict[str, str]]:
    """The rows that must be reproduced."""
    return [row for row in rows(file_name) if (file_name, case_id(row)) not in listed()]


def day(text: str) -> date:
    return date.fromisoformat(text)
