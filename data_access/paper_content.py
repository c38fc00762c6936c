"""What the law adds to the rows of a paper: the end of the three years, the 教示, 公示送達, and the articles that it names."""

from dataclasses import asdict

import polars as pl

from law.notice import basis, charge_waiver, public_notice, remedy
from law.suspension import three_years_end
from law.write_off import law_tables

Content = tuple[list[dict], dict[str, object]]


def content(label: str, rows: pl.DataFrame) -> Content:
    """(rows, what the law states) for documents.paper. `label`: the paper's Japanese name; `rows`: those of one decision, of a 調書 or of a 月次報告,
    to which the law adds nothing."""
    if "section" in rows.columns:
        return rows.to_dicts(), {}
    return _statement(rows) if "reason" in rows.columns else _decision(label, rows)


def public_days(decision: dict) -> int | None:
    """After how many days the notice of a 停止 (`ground`, `decided_on`) is served by 公示送達; None where it is sent to the person."""
    board = public_notice(decision["ground"], decision["decided_on"], "料") if decision["ground"] else None
    return board and board.days


def _decision(label: str, rows: pl.DataFrame) -> Content:
    first = rows.row(0, named=True)
    kinds, on = _kinds(rows), first["decided_on"]
    stopped_on = on if first["suspended_on"] is None else first["suspended_on"]
    told = [row | {"three_years_on": three_years_end(stopped_on, row["levy_kind"])} for row in rows.iter_rows(named=True)]
    objection, board = remedy(label, on, kinds[0]), None if first["ground"] is None else public_notice(first["ground"], on, kinds[0])
    return told, {"levy": _levy(kinds), "basis": basis(on, kinds[0]),
                  "remedy": objection and asdict(objection), "public_notice": board and asdict(board),
                  "charge_waiver": charge_waiver(stopped_on, kinds[0])}


def _statement(rows: pl.DataFrame) -> Content:
    kinds, on = _kinds(rows), rows["decided_on"].max()
    articles = {row["booked_as"]: row["article"] for row in law_tables()["write_off_reason"]
                if row["levy_kind"] == kinds[0] and row["from_date"] <= on <= row["to_date"]}
    return rows.to_dicts(), {"levy": _levy(kinds), "articles": articles}


def _kinds(rows: pl.DataFrame) -> list[str]:
    """料 before 税: where a paper has both, it goes by what 料 needs."""
    return [kind for kind in ("料", "税") if kind in set(rows["levy_kind"])]


def _levy(kinds: list[str]) -> str:
    return "・".join(f"国民健康保険{kind}" for kind in kinds)
