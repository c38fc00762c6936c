"""根拠: the law in force on a day, and the published examples it reproduces, as frames. No person, no snapshot."""

from datetime import date

import polars as pl

from law.examples import left_out, worked_examples
from law.references import every_parameter

PARAMETER = {"section": pl.String, "setting_name": pl.String, "levy_kind": pl.String, "setting_value": pl.String, "since": pl.Date,
             "reference": pl.String, "last_checked": pl.Date, "note": pl.String}
EXAMPLE = {"rule": pl.String, "printed_by": pl.String, "given": pl.String, "published": pl.String, "computed": pl.String, "source": pl.String}


def parameters_on(day: date) -> pl.DataFrame:
    """One row per dated value in force on `day`. Raises LawFileInvalid for a broken file."""
    rows = [{**row, "setting_name": row["name"], "setting_value": row["value"], "since": row["from"]} for row in every_parameter(day)]
    return pl.DataFrame([{name: row[name] for name in PARAMETER} for row in rows], schema=PARAMETER)


def published_examples() -> pl.DataFrame:
    """One row per published worked example: what was printed and what the console computes."""
    return pl.DataFrame(worked_examples(), schema=EXAMPLE)


def not_reproduced() -> pl.DataFrame:
    """One row per published example that is left out, with the reason."""
    return pl.DataFrame([{"file": file, "part": case, "cause": reason} for (file, case), reason in left_out().items()],
                        schema={"file": pl.String, "part": pl.String, "cause": pl.String})
