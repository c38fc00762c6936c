"""収納率 by three definitions (決算, 年報, 努力支援), always named. Never average rates: add up both sides first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from law.in_force import Value, value, values

FILE = "collection_rate.toml"
CURRENT, CARRIED = "現年分", "滞納繰越分"


class RateUnclear(ValueError):
    """どの収納率か決められない。"""


@dataclass(frozen=True)
class Figures:
    """Yen of one year × district × period or any other slice; slices are added, never their rates."""

    assessed_yen: int
    received_yen: int
    refund_due_yen: int = 0
    whereabouts_unknown_yen: int = 0
    year_class: str = CURRENT


@dataclass(frozen=True)
class Rate:
    """`rate`: per cent, half up; None when nothing is in the denominator. `parts`: (name, yen) as added up."""

    definition: str
    year_class: str
    rate: Decimal | None
    numerator_yen: int
    denominator_yen: int
    parts: tuple[tuple[str, int], ...]
    text: str
    basis: str
    article: str


def definitions(on: date) -> dict[str, Value]:
    """Name → definition as on file on that day."""
    keys = {
        "name": str,
        "text": str,
        "subtracts_refund_due": bool,
        "subtracts_whereabouts_unknown": bool,
        "basis": str,
    }
    return {d.value["name"]: d for d in values(FILE, "definition", on, keys | {"is_current_year_only": bool})}


def explain(
    definition: str,
    figures: Iterable[Figures],
    on: date,
    year_class: str = CURRENT,
    subtracts_refund_due: bool | None = None,
) -> Rate:
    """The rate of all `figures` of `year_class` together, by the named definition valid on the day.

    `subtracts_refund_due`: overrides the city's setting (to reproduce another city's rate). Raises RateUnclear.
    """
    known = definitions(on)
    if definition not in known:
        raise RateUnclear(
            f"収納率の定義「{definition}」を知りません。{'・'.join(known)}のどれかを名指してください。"
        )
    law = known[definition]
    if law.value["is_current_year_only"] and year_class != CURRENT:
        raise RateUnclear(f"{definition}は{CURRENT}だけの率です。{CURRENT}を選んでください。")
    own = [slice_ for slice_ in figures if slice_.year_class == year_class]
    assessed, received = sum(f.assessed_yen for f in own), sum(f.received_yen for f in own)
    refund_due, unknown = sum(f.refund_due_yen for f in own), sum(f.whereabouts_unknown_yen for f in own)
    subtracts = law.value["subtracts_refund_due"] if subtracts_refund_due is None else subtracts_refund_due
    top = received - refund_due if subtracts else received
    bottom = assessed - unknown if law.value["subtracts_whereabouts_unknown"] else assessed
    return Rate(
        definition,
        year_class,
        rate(top, bottom, value(FILE, "decimals", on, int).value),
        top,
        bottom,
        (
            ("調定額", assessed),
            ("収納額", received),
            ("還付未済額", refund_due),
            ("居所不明者分調定額", unknown),
        ),
        law.value["text"],
        law.value["basis"],
        law.reference,
    )


def rate(received: int, assessed: int, places: int = 2) -> Decimal | None:
    """Per cent with `places` decimals (四捨五入, as 厚生労働省 prints it); None when nothing was assessed."""
    if assessed <= 0:
        return None
    scaled = Fraction(abs(received) * 100 * 10**places, assessed)
    rounded = int(scaled + Fraction(1, 2))
    return Decimal(rounded if received >= 0 else -rounded).scaleb(-places)


def settlement_difference(
    assessed_yen: int, received_yen: int, refund_due_yen: int, written_off_yen: int, unpaid_yen: int
) -> int:
    """調定 − (収入済 − 還付未済 + 不納欠損 + 収入未済), in yen: 0 where the year is closed rightly (決算の恒等式)."""
    return assessed_yen - (received_yen - refund_due_yen + written_off_yen + unpaid_yen)


def points(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    """ポイント: the difference of the two rates AS SHOWN, as 厚生労働省 prints it; None when either is unknown."""
    return None if now is None or before is None else now - before


def size_bands(on: date) -> list[dict]:
    """努力支援: column, size, top_30 and top_50 (Decimal, %), points_30, points_50, reference and note."""
    keys = {"column": str, "size": str, "top_30": str, "top_50": str, "points_30": int, "points_50": int}
    return [
        band.value
        | {name: Decimal(band.value[name]) for name in ("top_30", "top_50")}
        | {"reference": band.reference, "note": band.note}
        for band in values(FILE, "size_band", on, keys)
    ]
