"""What the law has a notice of 執行停止 or of its 取消 say: its basis, where to object (教示), and how it is served on whom nobody finds."""

from dataclasses import dataclass
from datetime import date

from law.exemption import exempt
from law.files import values_on
from law.in_force import value

FILE = "notice.toml"


@dataclass(frozen=True)
class Remedy:
    """教示 (行政不服審査法82条, 行政事件訴訟法46条). `review_body`: 国民健康保険審査会 | 市長. Months and years as the law counts them."""

    review_body: str
    review_months: int
    needs_ruling: bool
    ruling_wait_months: int
    suit_months: int
    suit_years: int


@dataclass(frozen=True)
class PublicNotice:
    """公示送達: served when `days` have passed since it was put up, the first day counted."""

    days: int
    article: str


def basis(on: date, levy_kind: str) -> str:
    """The words before the article: by which chain 地方税法 reaches the levy."""
    return value(FILE, "basis", on, str, levy_kind).value


def remedy(paper: str, on: date, levy_kind: str) -> Remedy | None:
    """The 教示 that the city prints on `paper` (its Japanese name) of the day `on`; None where it prints none."""
    if not any(row["paper"] == paper and row["is_printed"] for row in values_on(FILE, "remedy", on)):
        return None
    return Remedy(
        value(FILE, "review_body", on, str, levy_kind).value,
        value(FILE, "review_months", on, int, levy_kind).value,
        value(FILE, "needs_ruling", on, bool, levy_kind).value,
        value(FILE, "ruling_wait_months", on, int).value,
        value(FILE, "suit_months", on, int).value,
        value(FILE, "suit_years", on, int).value,
    )


def charge_waiver(on: date, levy_kind: str) -> str | None:
    """The article by which a 停止 decided on `on` waives the 延滞金 of its days (15条の9第1項); None where the city's ordinance lets them be charged.

    As the reckoning goes (law/exemption.py): the setting is charge_exemption_applies of levy_policy.toml."""
    found = exempt("執行停止", on, levy_kind=levy_kind)
    return found.article.removeprefix("地方税法") if found and found.kind == "full" else None


def public_notice(ground: str, on: date, levy_kind: str) -> PublicNotice | None:
    """How the notice of a 停止 on `ground` (1号…) is served where there is nobody to send it to; None for the other 号."""
    item = value(FILE, "public_notice_item", on, int, levy_kind)
    if ground != f"{item.value}号":
        return None
    return PublicNotice(value(FILE, "public_notice_days", on, int, levy_kind).value, item.reference)
