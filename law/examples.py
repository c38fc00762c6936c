"""公表された計算例: worked examples that cities printed, computed again with this law. Tests read the same rows.

A row of law/golden is reproduced exactly, or listed in not_reproduced.csv with the reason.
"""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from law import calendar, collection_rate, delinquency_charge, parameters
from law.files import FOLDER
from law.wage_attachment import Wage, explain

GOLDEN = FOLDER / "golden"
NOT_REPRODUCED = "not_reproduced.csv"


def rows(file_name: str) -> list[dict[str, str]]:
    """The rows of one file of law/golden, as text."""
    with (GOLDEN / file_name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def left_out() -> dict[tuple[str, str], str]:
    """(file, case) → why the row is not reproduced."""
    return {(row["file"], row["case_id"]): row["reason"] for row in rows(NOT_REPRODUCED)}


def worked_examples() -> list[dict]:
    """rule, printed_by, given, published, computed (both as text), source: one dict a complete example."""
    kinds = ((_charge, "golden_delinquency_charge.csv"), (_due_date, "golden2_due_dates.csv"), (_due_date, "golden_due_dates.csv"),
             (_rate, "golden2_collection_rate.csv"), (_wage, "golden_wage_seizure.csv"))
    return [kind(row) | {"source": row["source_url"]} for kind, name in kinds for row in _complete(name)]


def _complete(file_name: str) -> Iterator[dict[str, str]]:
    for row in rows(file_name):
        if row.get("completeness", "full") == "full" and (file_name, row["case_id"]) not in left_out():
            yield row


def _charge(row: dict[str, str]) -> dict:
    due, paid, principal = date.fromisoformat(row["due_date"]), date.fromisoformat(row["paid_date"]), int(row["principal"])
    policy = replace(parameters.levy_policy("税", due), first_months=int(row["first_period_months"]))
    found = delinquency_charge.explain(principal, due, [], paid, "税", policy)
    given = f"{row['levy']} {principal:,}円、納期限 {due}、納付 {paid}、低い割合は {row['first_period_months']} か月"
    return _example("延滞金", row["body"], given, f"{int(row['published_charge']):,}円", f"{found.yen:,}円")


def _due_date(row: dict[str, str]) -> dict:
    nominal = date.fromisoformat(row["nominal_date"])
    return _example("納期限の繰延べ", row["body"], f"{row['levy']}、本来の納期限 {nominal}", row["published_due"], str(calendar.roll_forward(nominal)))


def _rate(row: dict[str, str]) -> dict:
    assessed, received = int(row["assessed_chotei"]), int(row["collected_shuno"])
    found = collection_rate.rate(received, assessed, int(row["decimals"]))
    given = f"{row['account']} {row['fiscal_year']}年度、調定 {assessed:,}、収納 {received:,}"
    return _example("収納率", row["body"], given, f"{row['published_rate_pct']}%", f"{found}%")


def _wage(row: dict[str, str]) -> dict:
    amounts = [int(row[name]) for name in ("gross", "income_tax", "resident_tax", "social_insurance")]
    found = explain([Wage("例", *amounts)], int(row["dependants"]), date(2025, 4, 1))
    given = f"給料 {amounts[0]:,}円、所得税 {amounts[1]:,}円、住民税 {amounts[2]:,}円、社会保険 {amounts[3]:,}円、生計を一にする親族 {row['dependants']} 人"
    return _example("給料の差押可能額", row["source_kind"], given, f"{int(row['seizable']):,}円", f"{found.attachable_yen:,}円")


def _example(rule: str, body: str, given: str, published: str, computed: str) -> dict:
    return {"rule": rule, "printed_by": body, "given": given, "published": published, "computed": computed}
