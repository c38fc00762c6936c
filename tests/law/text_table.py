"""A text table with bars, as the office writes one: rows as dicts of text."""

from datetime import date


def rows_of(text: str) -> list[dict[str, str]]:
    lines = [
        [cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.strip().splitlines()
    ]
    head, body = lines[0], lines[1:]
    assert all(len(line) == len(head) for line in body), [line for line in body if len(line) != len(head)]
    return [dict(zip(head, line, strict=True)) for line in body]


def days_in(text: str) -> tuple[str, list[date | None]]:
    """The text "差押 2024-01-10 2026-01-10" → its word and its days; a dash is no day."""
    word, *days = text.split()
    return word, [None if day == "-" else date.fromisoformat(day) for day in days]


def parts(text: str) -> list[str]:
    return [part.strip() for part in text.split("、") if part.strip()]


def yen(text: str) -> int:
    return int(text.replace(",", "") or 0)
