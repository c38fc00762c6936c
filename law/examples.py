"""公表された計算例: worked examples that cities printed, computed again with this law. Tests read the same rows.

A row of law/golden is reproduced exactly, or listed in not_reproduced.csv with the reason.
"""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from law import (
    allocation,
    calendar,
    collection_rate,
    delinquency_charge,
    parameters,
    payment_slip,
    prescription,
)
from law.files import FOLDER
from law.references import labels
from law.wage_attachment import Wage, explain

GOLDEN = FOLDER / "golden"
NOT_REPRODUCED = "not_reproduced.csv"
DEMANDED_ON = date(2011, 1, 26)
PRESCRIBED = {"PE01": ("督促", DEMANDED_ON), "PE02": ("承認", date(2012, 1, 24))}  # of the others a part is not printed


def rows(file_name: str) -> list[dict[str, str]]:
    """The rows of one file of law/golden, as text."""
    with (GOLDEN / file_name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def left_out() -> dict[tuple[str, str], str]:
    """(file, case) → why the row is not reproduced."""
    return {(row["file"], row["case_id"]): row["reason"] for row in rows(NOT_REPRODUCED)}


def why_left_out() -> list[dict]:
    """rule (what the material is about), printed_by, cause: one dict a row that is not reproduced, in the office's words."""
    names = labels()["example"]
    return [{"rule": names[file], "printed_by": _printed_by(file, case), "cause": cause} for (file, case), cause in left_out().items()]


def _printed_by(file_name: str, case: str) -> str:
    """Who printed the row; the table of rates has no such column, and its rows are known by their first day."""
    row = next(row for row in rows(file_name) if case in (row.get("case_id"), row.get("from")))
    return row.get("body") or f"{row['from'][:4]}年から{row['to'][:4]}年まで"


def coverage() -> tuple[int, int]:
    """(rows of law/golden that tests compute again, all rows): the others stand in not_reproduced.csv."""
    on_file = sum(len(rows(path.name)) for path in GOLDEN.glob("*.csv") if path.name != NOT_REPRODUCED)
    return on_file - len(left_out()), on_file


def worked_examples() -> list[dict]:
    """rule, printed_by, given, published, computed (both as text), source: one dict a complete example."""
    kinds = ((_charge, "golden_delinquency_charge.csv"), (_segment, "golden_delinquency_segments.csv"),
             (_first_period, "golden2_first_period.csv"), (_due_date, "golden2_due_dates.csv"), (_due_date, "golden_due_dates.csv"),
             (_prescription, "golden2_prescription.csv"), (_allocation, "golden2_allocation.csv"),
             (_rate, "golden2_collection_rate.csv"), (_wage, "golden_wage_seizure.csv"), (_check_digit, "golden_gs1_128.csv"))
    return [example for kind, name in kinds for row in _complete(name) if (example := kind(row))]


def _complete(file_name: str) -> Iterator[dict[str, str]]:
    for row in rows(file_name):
        if row.get("completeness", "full") == "full" and (file_name, row["case_id"]) not in left_out():
            yield row


def _charge(row: dict[str, str]) -> dict:
    return _example(row, "延滞金", row["body"], _given(row), f"{int(row['published_charge']):,}円", f"{_explained(row).yen:,}円")


def _segment(row: dict[str, str]) -> dict:
    """One run of days as printed: how many at which rate, and its yen where the page goes on to them."""
    whole = next(charge for charge in rows("golden_delinquency_charge.csv") if charge["case_id"] == row["case_id"])
    step, printed = _explained(whole).steps[int(row["seg"]) - 1], row["published_floor"] or row["published_raw"]
    published, computed = f"{row['days']}日・年{row['rate_pct']}%", f"{step.days}日・年{step.rate}%"
    if printed:
        published, computed = f"{published}・{int(Decimal(printed)):,}円", f"{computed}・{step.yen:,}円"
    given = f"{_given(whole)}。{row['seg']} つ目の区間"
    return _example(whole, "延滞金の区間", whole["body"], given, published, computed)


def _given(row: dict[str, str]) -> str:
    return (f"{row['levy']} {int(row['principal']):,}円、納期限 {row['due_date']}、納付 {row['paid_date']}、"
            f"低い割合は {row['first_period_months']} か月")


def _explained(row: dict[str, str]) -> delinquency_charge.Charge:
    due, paid = date.fromisoformat(row["due_date"]), date.fromisoformat(row["paid_date"])
    policy = replace(parameters.levy_policy("税", due), first_months=int(row["first_period_months"]))
    return delinquency_charge.explain(int(row["principal"]), due, [], paid, "税", policy)


def _first_period(row: dict[str, str]) -> dict:
    due, months = date.fromisoformat(row["due_date"]), int(row["first_period_months"])
    found = delinquency_charge.first_period_end(due, replace(parameters.levy_policy("税", due), first_months=months))
    return _example(row, "低い割合の終わり", "質問サイトの回答（公式でない）", f"納期限 {due}、{months} か月", row["published_first_end"], str(found))


def _prescription(row: dict[str, str]) -> dict | None:
    """最判令和2年6月26日: what the judgment says became of the claim, which the 差押 of January 2017 came too late for."""
    if row["case_id"] not in PRESCRIBED:
        return None
    kind, on = PRESCRIBED[row["case_id"]]
    events = [prescription.Event("督促", DEMANDED_ON), *([prescription.Event(kind, on)] if kind != "督促" else [])]
    found = prescription.explain(DEMANDED_ON, "税", events, date(2017, 1, 31))
    ends = "差押の前に完成" if found.completes_on < date(2017, 1, 1) else f"{found.completes_on} に完成"
    given = f"国保税、督促 {DEMANDED_ON}" + (f"、{kind}（争いながらの一部納付） {on}" if kind != "督促" else "") + "、差押 2017年1月"
    return _example(row, "時効", "最高裁判所 令和2年6月26日", given, "差押の前に完成", ends)


def _allocation(row: dict[str, str]) -> dict:
    """The payer's own split; the amounts of tax are those printed beside the years."""
    debts = [allocation.Debt("平成20年度分", date(2009, 1, 31), 251_500), allocation.Debt("平成21年度分", date(2010, 1, 31), 278_700)]
    split = {debt.key: int(row[part]) for debt, part in zip(debts, ("part1", "part2"), strict=True)}
    found = allocation.allocate(int(row["payment"]), debts, date.fromisoformat(row["payment_date"]), designated=split)
    given = f"納付 {row['payment_date']} {int(row['payment']):,}円、納付者の指定 {'・'.join(split)}"
    return _example(row, "充当", row["body"], given, *("・".join(f"{yen:,}円" for yen in each) for each in (split.values(), map(found.paid, split))))


def _check_digit(row: dict[str, str]) -> dict:
    found = payment_slip.check_digit(row["digits"][:-1], date(2026, 11, 23))
    return _example(row, "納付書の検査数字", "バーコードの資料", f"{row['digits'][:-1]}（{len(row['digits']) - 1}桁）", row["published_check_digit"], found)


def _due_date(row: dict[str, str]) -> dict:
    nominal = date.fromisoformat(row["nominal_date"])
    return _example(row, "納期限の繰延べ", row["body"], f"{row['levy']}、本来の納期限 {nominal}", row["published_due"], str(calendar.roll_forward(nominal)))


def _rate(row: dict[str, str]) -> dict:
    assessed, received = int(row["assessed_chotei"]), int(row["collected_shuno"])
    found = collection_rate.rate(received, assessed, int(row["decimals"]))
    given = f"{row['account']} {row['fiscal_year']}年度、調定 {assessed:,}、収納 {received:,}"
    return _example(row, "収納率", row["body"], given, f"{row['published_rate_pct']}%", f"{found}%")


def _wage(row: dict[str, str]) -> dict:
    amounts = [int(row[name]) for name in ("gross", "income_tax", "resident_tax", "social_insurance")]
    found = explain([Wage("例", *amounts)], int(row["dependants"]), date(2025, 4, 1))
    given = f"給料 {amounts[0]:,}円、所得税 {amounts[1]:,}円、住民税 {amounts[2]:,}円、社会保険 {amounts[3]:,}円、生計を一にする親族 {row['dependants']} 人"
    return _example(row, "給料の差押可能額", row["source_kind"], given, f"{int(row['seizable']):,}円", f"{found.attachable_yen:,}円")


def _example(row: dict[str, str], rule: str, body: str, given: str, published: str, computed: str) -> dict:
    source = row.get("source_url") or row["source"]
    return {"rule": rule, "printed_by": body, "given": given, "published": published, "computed": computed, "source": source}
