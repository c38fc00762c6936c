"""不納欠損: which of the reasons A–C extinguished the debt, from which day it may be booked, in which year."""

from dataclasses import dataclass
from datetime import date, timedelta

from law.fiscal_year import fiscal_year
from law.in_force import value, values
from law.prescription import extinct_from
from law.suspension import three_years_end

FILE, SUSPENSION_FILE = "write_off.toml", "suspension.toml"


class NotAReason(ValueError):
    """その理由では不納欠損にできない。"""


@dataclass(frozen=True)
class WriteOff:
    """`extinct_on`: first day on which it is gone; `fiscal_year`: the year whose 決算 books it."""

    code: str
    name: str
    extinct_on: date
    fiscal_year: int
    article: str
    sentence: str


def reasons(on: date, levy_kind: str = "料") -> dict[str, tuple[str, str]]:
    """Code → (name, article), for the levy kind."""
    found = values(FILE, "reason", on, {"code": str, "name": str}, levy_kind)
    return {reason.value["code"]: (reason.value["name"], reason.reference) for reason in found}


def explain(
    as_of: date,
    completes_on: date | None,
    suspended_on: date | None = None,
    suspension_item: int | None = None,
    hopeless_on: date | None = None,
    levy_kind: str = "料",
) -> WriteOff | None:
    """The reason that came first and has taken effect by `as_of`; None when the debt still lives.

    `completes_on`: 時効 as confirmed by a person (None while held). `hopeless_on`: the day of the decision under
    15条の7第5項, which needs a 1号 suspension. Raises NotAReason.
    """
    gone = []
    if suspended_on:
        gone.append(("A", three_years_end(suspended_on, levy_kind) + timedelta(days=1)))
    if hopeless_on:
        gone.append(("B", _hopeless(suspended_on, suspension_item, hopeless_on)))
    if completes_on and completes_on < as_of:  # 先の年の祝日はまだないので、過ぎた日だけを調べる
        gone.append(("C", extinct_from(completes_on, levy_kind)))
    past = sorted((day, code) for code, day in gone if day <= as_of)
    if not past:
        return None
    extinct_on, code = past[0]
    name, article = reasons(extinct_on, levy_kind)[code]
    year = fiscal_year(extinct_on)
    others = "、".join(
        f"{reasons(day, levy_kind)[c][0]} {day}" for day, c in sorted((d, c) for c, d in gone) if c != code
    )
    sentence = f"{name}により {extinct_on} に消滅（{article}）。{year}年度の欠損" + (
        f"。ほかに {others}" if others else ""
    )
    return WriteOff(code, name, extinct_on, year, article, sentence)


def refuse(name: str, on: date) -> None:
    """Raises NotAReason when `name` is no reason to write off, with the article and what to do instead."""
    for other in values(FILE, "not_a_reason", on, {"name": str, "text": str}):
        if other.value["name"] == name:
            raise NotAReason(
                f"{name}は不納欠損の理由になりません（{other.reference}）。{other.value['text']}。"
            )


def _hopeless(suspended_on: date | None, item: int | None, hopeless_on: date) -> date:
    law = value(SUSPENSION_FILE, "immediate_extinction_item", hopeless_on, int)
    if item != law.value or suspended_on is None or hopeless_on < suspended_on:
        raise NotAReason(
            f"即時消滅は {law.value}号 の執行停止をした後に限ります（{law.reference}）。停止の決裁を確かめてください。"
        )
    return hopeless_on
