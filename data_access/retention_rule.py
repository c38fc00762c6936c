"""How long things are kept, as retention.toml says on a day, and what is said of one of them."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from law.files import LawFileInvalid, read

RULES = Path(__file__).with_name("retention.toml")


@dataclass(frozen=True)
class Verdict:
    """What happens to one snapshot or day's folder, and why in a sentence."""

    id: str
    goes: bool
    reason: str


def rule(name: str, on: date) -> int:
    """The value of one setting of retention.toml in force on a day. Raises LawFileInvalid when there is none."""
    in_force = [entry["value"] for entry in read(RULES)[name] if entry["from"] <= on]
    if not in_force:
        raise LawFileInvalid(f"{RULES.name} の {name}: {on} の値がありません。その日から有効な項目を根拠とともに足してください。")
    return in_force[-1]
