"""目標: the approved target of the 決算の収納率, for a fiscal year, class and district. The one place that knows where targets come from.

As long as no 徴収計画 is approved in the console, they are the city's settings in target.toml.
"""

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from law.files import LawFileInvalid

FILE = Path(__file__).with_suffix(".toml")
KEYS = {"fiscal_year": int, "year_class": str, "district": str, "rate": str, "reference": str}
CLASSES = ("現年", "滞繰", "合計")


@dataclass(frozen=True)
class Target:
    """`rate`: per cent of the 調定 to be in at 出納閉鎖 (決算の率); `reference`: what it was approved in."""

    rate: Decimal
    reference: str

    def left_yen(self, assessed_yen: int, collected_yen: int) -> int:
        """Yen that must still come in so that `rate` of `assessed_yen` is reached, rounded up; 0 when it is."""
        return max(0, -((collected_yen * 10_000 - assessed_yen * int(self.rate * 100)) // 10_000))


def target(fiscal_year: int, year_class: str, district: str | None = None) -> Target | None:
    """The approved target of one district, or of the whole city (None); None when there is none. Raises LawFileInvalid."""
    return _targets().get((fiscal_year, year_class, district or ""))


@cache
def _targets() -> dict[tuple[int, str, str], Target]:
    found: dict[tuple[int, str, str], Target] = {}
    for place, each in enumerate(tomllib.loads(FILE.read_text("utf-8")).get("target", []), 1):
        if {name: type(value) for name, value in each.items()} != KEYS or each["year_class"] not in CLASSES or not each["reference"]:
            raise LawFileInvalid(f"{FILE.name} の target {place} 番目: {'・'.join(KEYS)} を、それぞれの形で書いてください。")
        key = (each["fiscal_year"], each["year_class"], each["district"])
        rate = Decimal(each["rate"]) if re.fullmatch(r"\d{1,3}\.\d\d", each["rate"]) else Decimal(0)
        if not 0 < rate <= 100 or key in found:
            raise LawFileInvalid(f"{FILE.name} の target {place} 番目: 率は 0 より大きく 100 以下、小数2位で。同じ年度・区分・地区は1つだけ書いてください。")
        found[key] = Target(rate, each["reference"])
    return found
