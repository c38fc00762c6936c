"""執行停止の一次審査の要件 (地方税法15条の7第1項): which record must show what, and how old it may be."""

from law.files import settings_in


def criteria() -> list[dict]:
    """One row per 号 × record: ground, target, met_by (results that meet it), longest_age_days or None,
    meaning, sensitivity (column class of the record), reference."""
    return [
        {"longest_age_days": None, **entry["value"], "reference": entry["reference"]}
        for entry in settings_in("screening.toml")["screening_criterion"]
    ]
