"""できること: what may be done with one overdue, unpaid installment on a day. The city's SQL says the same in case_installment."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from law.demand import DemandState
from law.prescription import Prescription
from law.service import rule as service_rule


class ClaimState(StrEnum):
    """The first that holds counts. A person sees in the first two cases whether the 時効 completed."""

    EXTINCT = "消滅"
    LAPSED = "時効経過"
    BARRED = "差押不可"
    SEIZABLE = "差押可能"


@dataclass(frozen=True)
class Claim:
    """`state` None: not yet seizable, for want of a 督促 or of days since it."""

    state: ClaimState | None
    sentence: str
    article: str


def explain(prescription: Prescription, demand: DemandState, as_of: date) -> Claim:
    """What may be done on `as_of` with an installment whose 時効 and 督促 stand as given."""
    if not prescription.is_held:
        period = prescription.steps[0].article
        if prescription.extinct_from and prescription.extinct_from <= as_of:
            return Claim(ClaimState.EXTINCT, f"時効により {prescription.extinct_from} から消滅と扱える（担当者が確かめる）", period)
        if prescription.completes_on < as_of:
            return Claim(ClaimState.LAPSED, f"時効の日 {prescription.completes_on} を過ぎた（担当者が確かめる）", period)
    if demand.service and demand.seizable is None:
        way = service_rule(demand.service.way, as_of)
        return Claim(None, f"督促状は {demand.service.returned_on} に返戻。再発送・公示送達の記録なし（担当者が確かめる）", way["reference"])
    if demand.seizable is None:
        return Claim(None, "督促状を発していない", demand.article)
    articles = "、".join(demand.seizable.articles)
    if demand.seizable.on > as_of:
        return Claim(None, f"差し押さえられるのは {demand.seizable.on} から", articles)
    if demand.bars:
        return Claim(ClaimState.BARRED, f"{'・'.join(demand.bars)}の間", "、".join(bar.rule(demand.as_of)["reference"] for bar in demand.bars))
    said = "".join(f"。{rule['fact']}の間（{rule['meaning'].rstrip('。')}）。担当者が確かめる" for rule in demand.caution_rules())
    own = [rule["reference"] for rule in demand.caution_rules()]
    return Claim(ClaimState.SEIZABLE, f"{demand.seizable.on} から差し押さえられる{said}", "、".join([articles, *own]))
