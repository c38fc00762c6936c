"""根拠: the law in force on a day, and the published examples it reproduces, as frames. No person, no snapshot."""

from datetime import date

import polars as pl

from law.collection_rate import CARRIED, CURRENT, Figures, RateUnclear, definitions, explain
from law.examples import coverage, why_left_out, worked_examples
from law.references import every_parameter
from law.screening_settings import Municipal, municipal

PARAMETER = {"section": pl.String, "setting_name": pl.String, "levy_kind": pl.String, "setting_value": pl.String, "since": pl.Date,
             "reference": pl.String, "last_checked": pl.Date, "note": pl.String}
MUNICIPAL = {"criterion": pl.String, "place_name": pl.String, "ground": pl.String, "municipal_text": pl.String, "own_setting": pl.String, "reference": pl.String}
BOTH = {"料・税": "共通"}
EXAMPLE = {"rule": pl.String, "printed_by": pl.String, "given": pl.String, "published": pl.String, "computed": pl.String, "source": pl.String}


def parameters_on(day: date) -> pl.DataFrame:
    """One row per dated value in force on `day`; levy_kind 料, 税 or 共通. Raises LawFileInvalid for a broken file."""
    rows = [{**row, "levy_kind": BOTH.get(row["levy_kind"], row["levy_kind"]), "setting_name": row["name"], "setting_value": row["value"], "since": row["from"]} for row in every_parameter(day)]
    return pl.DataFrame([{name: row[name] for name in PARAMETER} for row in rows], schema=PARAMETER)


def municipal_criteria(day: date) -> pl.DataFrame:
    """One row per criterion of 執行停止 × place that has published rules on it, beside the city's own setting; the reference without its
    address, which parameters_on has. Raises LawFileInvalid."""
    rows = [(each.criterion, each.place, each.ground, each.text, _own(each), each.article.partition(" http")[0].rpartition(": ")[2]) for each in municipal(day)]
    return pl.DataFrame(rows, schema=MUNICIPAL, orient="row")


def _own(each: Municipal) -> str:
    if each.ours is None:
        return f"要件にない（資料「{each.target}」で足せる）" if each.target else "要件にない"
    return f"{each.ours}（{each.clause}）" + ("。号が違う" if each.differs else "")


def published_examples() -> pl.DataFrame:
    """One row per published worked example: what was printed and what the console computes."""
    return pl.DataFrame(worked_examples(), schema=EXAMPLE)


def examples_used() -> tuple[int, int]:
    """(published rows that the tests compute again, all rows on file)."""
    return coverage()


def not_reproduced() -> pl.DataFrame:
    """One row per published example that is left out, with the reason."""
    return pl.DataFrame(why_left_out(), schema={"rule": pl.String, "printed_by": pl.String, "cause": pl.String})


NAMED_RATE = {"definition": pl.String, "year_class": pl.String, "numerator_yen": pl.Int64, "denominator_yen": pl.Int64,
              "named_rate": pl.Decimal(9, 2), "meaning": pl.String, "article": pl.String}
CLASSES = {"現年": CURRENT, "滞繰": CARRIED}


def named_rates(by_year: pl.DataFrame, fiscal_year: int, day: date) -> pl.DataFrame:
    """One row per definition of 収納率 × 現年分・滞納繰越分 that it speaks of, from the rows of rate_by_year (yen, sums first)."""
    figures = [
        Figures(row["assessed_yen"], row["received_yen"] + row["refund_due_yen"], row["refund_due_yen"],
                row["whereabouts_unknown_yen"], CLASSES[row["year_class"]])
        for row in by_year.iter_rows(named=True) if row["fiscal_year"] == fiscal_year and row["year_class"] in CLASSES and _is_told(row)
    ]
    if not figures:
        return pl.DataFrame(schema=NAMED_RATE)
    rows = [_named(name, figures, day, year_class) for name in definitions(day) for year_class in CLASSES.values()]
    return pl.DataFrame([row for row in rows if row], schema=NAMED_RATE)


def _is_told(row: dict) -> bool:
    """Not so for readers without persons where a refund or an unknown whereabouts is that of fewer than ten."""
    return None not in (row["received_yen"], row["refund_due_yen"], row["whereabouts_unknown_yen"])


def _named(name: str, figures: list[Figures], day: date, year_class: str) -> dict | None:
    try:
        found = explain(name, figures, day, year_class)
    except RateUnclear:  # 努力支援 speaks of 現年分 alone
        return None
    return {"definition": name, "year_class": year_class, "numerator_yen": found.numerator_yen, "denominator_yen": found.denominator_yen,
            "named_rate": found.rate, "meaning": found.text, "article": found.article}
