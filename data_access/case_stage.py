"""段階 of a case: one rule for 徴収計画, which sees what officers wrote since the snapshot, and for アドホック分析, whose released
tables are of the snapshot by itself."""

import tomllib
from pathlib import Path

HERE = Path(__file__).parent
RULE = (HERE / "case_stage.sql").read_text("utf-8")  # the macro; the names of the steps stand in metric.toml, too


def worklist() -> dict[str, int]:
    """The city's thresholds ([worklist] of city.toml): days, months, yen."""
    return tomllib.loads((HERE / "city.toml").read_text("utf-8"))["worklist"]
