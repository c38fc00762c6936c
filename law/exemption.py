"""延滞金の免除 over days (地方税法15条の9ほか): full, or the part above 猶予特例基準割合 (half)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from law.parameters import exemption_ground, levy_policy
from law.rates import RATE_FILE

FULL, HALF = "full", "half"
DAY = timedelta(days=1)


class UnknownGround(ValueError):
    """免除の事由として知らない言葉。"""


@dataclass(frozen=True)
class Exemption:
    """Both days are exempt. `kind`: full | half. `to_date` None = still running.

    `ground` is a word of delinquency_charge.toml, `record` where it is written down (猶予 or 停止 with its number).
    """

    from_date: date
    to_date: date | None
    kind: str
    article: str = ""
    ground: str = ""
    record: str = ""


def recorded(ground: str, from_date: date, to_date: date | None, kind: str, record: str) -> Exemption:
    """One exempt span of the snapshot, with the article its ground had on its first day."""
    rule = exemption_ground(ground, from_date)
    return Exemption(from_date, to_date, kind, rule.article if rule else "", ground, record)


def exempt(
    ground: str,
    from_date: date,
    to_date: date | None = None,
    levy_kind: str = "料",
    cancelling_fact_on: date | None = None,
    is_decided: bool = False,
) -> Exemption | None:
    """What a ground of delinquency_charge.toml exempts; None when it exempts nothing.

    From the day a cancelling fact arises nothing is exempt (15条の9第1項ただし書). A discretionary ground exempts only
    when a person has entered the decision (`is_decided`); the others as far as the city lets 15条の9 apply.
    Raises UnknownGround.
    """
    try:
        rule = exemption_ground(ground, from_date)
    except KeyError:
        raise UnknownGround(
            f"免除の事由「{ground}」を知りません。{RATE_FILE} の exemption_ground の言葉で書いてください。"
        ) from None
    if rule is None:
        return None
    applies = (
        is_decided if rule.is_discretionary else levy_policy(levy_kind, from_date).charge_exemption_applies
    )
    if cancelling_fact_on:
        to_date = min(to_date or date.max, cancelling_fact_on - DAY)
    if not applies or (to_date and to_date < from_date):
        return None
    return Exemption(from_date, to_date, rule.kind, rule.article, ground)


def runs(
    from_date: date, to_date: date, exemptions: Iterable[Exemption]
) -> Iterator[tuple[date, date, Exemption | None]]:
    """The days cut where the exemption changes: (first day, last day, the strongest exemption or None)."""
    near = [e for e in exemptions if e.from_date <= to_date and (e.to_date or to_date) >= from_date]
    ends = {e.to_date + DAY for e in near if e.to_date}
    cuts = sorted({day for day in {e.from_date for e in near} | ends if from_date < day <= to_date})
    start, kept = from_date, _strongest(near, from_date)
    for day in cuts:
        found = _strongest(near, day)
        if (found and found.kind) != (kept and kept.kind):
            yield start, day - DAY, kept
            start, kept = day, found
    yield start, to_date, kept


def _strongest(exemptions: list[Exemption], day: date) -> Exemption | None:
    own = [e for e in exemptions if e.from_date <= day <= (e.to_date or day)]
    return min(own, key=lambda e: (e.kind != FULL, e.from_date), default=None)
