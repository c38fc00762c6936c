"""配当: who gets what of the price, in the order of 地方税法14条–14条の20 and 国税徴収法129条.

Costs come first. Public claims and secured ones are first set against each other by their dates; what each side
gets is then shared out inside it: tax before 公課 (料), the attaching one before those that only claim.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from law.in_force import Value, value, values

FILE = "distribution.toml"


class ClaimUnclear(ValueError):
    """配当する債権の記載が足りない。"""


@dataclass(frozen=True)
class Claim:
    """`basis_date`: 法定納期限等 (税), 納期限 (公課) or the day the security was set; None for costs.

    `claimed_on`: the day of 差押 or 交付要求 (税・公課), which orders claims of one class.
    """

    name: str
    claim_class: str
    yen: int
    basis_date: date | None = None
    claimed_on: date | None = None


@dataclass(frozen=True)
class Share:
    """What one claim gets, in the order of payment, and the article of its rank."""

    name: str
    claim_class: str
    owed_yen: int
    yen: int
    article: str


@dataclass(frozen=True)
class Distribution:
    shares: tuple[Share, ...]
    remainder_yen: int
    steps: tuple[str, ...]


def explain(proceeds: int, claims: Iterable[Claim], on: date) -> Distribution:
    """Share out `proceeds` (yen) on the day `on`. Raises ClaimUnclear for an unknown class or a missing date."""
    classes = {
        c.value["name"]: c for c in values(FILE, "claim_class", on, {"name": str, "rank": int, "group": str})
    }
    ordered = sorted(_checked(claims, classes, proceeds), key=lambda claim: _rank(claim, classes))
    groups = {
        group: [c for c in ordered if classes[c.claim_class].value["group"] == group]
        for group in ("費用", "公債権", "私債権")
    }
    costs, left = _pay(groups["費用"], proceeds)
    sums, steps = _set_against(groups["公債権"], groups["私債権"], left)
    public, _ = _pay(groups["公債権"], sums["公債権"])
    private, _ = _pay(groups["私債権"], sums["私債権"])
    shares = tuple(
        Share(claim.name, claim.claim_class, claim.yen, yen, classes[claim.claim_class].reference)
        for claim, yen in [*costs, *public, *private]
    )
    competition, rest = value(FILE, "competition", on, str), value(FILE, "remainder", on, str)
    remainder = left - sum(sums.values())
    return Distribution(
        shares,
        remainder,
        (
            f"費用に {proceeds - left:,}円",
            f"{competition.value}（{competition.reference}）",
            *steps,
            f"公債権に {sums['公債権']:,}円、私債権に {sums['私債権']:,}円",
            f"{rest.value}: {remainder:,}円（{rest.reference}）",
        ),
    )


def _checked(claims: Iterable[Claim], classes: dict[str, Value], proceeds: int) -> list[Claim]:
    found = list(claims)
    for claim in found:
        if claim.claim_class not in classes:
            raise ClaimUnclear(
                f"{claim.name}: 「{claim.claim_class}」を知りません。{'・'.join(classes)}にしてください。"
            )
        if classes[claim.claim_class].value["group"] != "費用" and claim.basis_date is None:
            raise ClaimUnclear(
                f"{claim.name}: 法定納期限等か設定日がありません。謄本などで確かめてください。"
            )
    if proceeds < 0 or any(claim.yen < 0 for claim in found):
        raise ClaimUnclear("換価代金か債権の額が負です。金額を確かめてください。")
    return found


def _rank(claim: Claim, classes: dict[str, Value]) -> tuple:
    """Inside a group: class, then the earlier 差押・交付要求 (14条の7), then the earlier basis date."""
    earlier = claim.claimed_on or claim.basis_date or date.min
    return (classes[claim.claim_class].value["rank"], earlier, claim.basis_date or date.min, claim.name)


def _set_against(public: list[Claim], private: list[Claim], left: int) -> tuple[dict[str, int], list[str]]:
    """Sums for the public and the private side: oldest date first, a security of the same day before the tax (以前)."""
    dated = [(claim.basis_date, 0, "私債権", claim) for claim in private]
    dated += [(claim.basis_date, 1, "公債権", claim) for claim in public]
    sums, steps = {"公債権": 0, "私債権": 0}, []
    for basis_date, _, side, claim in sorted(dated, key=lambda row: row[:2]):
        yen = min(left, claim.yen)
        left -= yen
        sums[side] += yen
        steps.append(f"{basis_date} {claim.name}（{side}）に {yen:,}円を割り当てる")
    return sums, steps


def _pay(claims: list[Claim], left: int) -> tuple[list[tuple[Claim, int]], int]:
    paid = []
    for claim in claims:
        yen = min(left, claim.yen)
        left -= yen
        paid.append((claim, yen))
    return paid, left
