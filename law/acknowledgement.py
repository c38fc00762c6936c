"""Which receipts of one installment are acts of the debtor, so that they may be 一部納付による承認 (民法152条1項).

What a 滞納処分, a 充当 or a 年金特別徴収 brought in is none, nor is what was cancelled later: prescription.toml lists the words.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from law.parameters import not_acknowledgements

CANCELLED = "取消"


class Receipt(NamedTuple):
    """One row of 収納履歴: `kind` 収納区分, `channel` 納付チャネル, the 本料 in yen."""

    number: str
    received_on: date
    principal_yen: int
    kind: str
    channel: str


def acts(receipts: Iterable[Receipt]) -> list[Receipt]:
    """Those that pay some 本料 and are the debtor's own. A person still confirms that one of them acknowledges the debt."""
    own = sorted(receipts, key=lambda receipt: receipt.number)
    gone = _taken_back(own)
    return [receipt for receipt in own if receipt.principal_yen > 0 and receipt.number not in gone and not _is_listed(receipt)]


def _is_listed(receipt: Receipt) -> bool:
    return any(
        each["receipt"] in (receipt.kind, receipt.channel) and each["from_date"] <= receipt.received_on <= each["to_date"]
        for each in not_acknowledgements()
    )


def _taken_back(receipts: list[Receipt]) -> set[str]:
    """Each 取消 takes back one of the latest equal payments that was received no later than it."""
    gone: set[str] = set()
    for undone in receipts:
        if undone.kind != CANCELLED or undone.principal_yen >= 0:
            continue
        equal = [each for each in receipts if each.principal_yen == -undone.principal_yen and each.received_on <= undone.received_on]
        latest = max((each.received_on for each in equal), default=None)
        left = [each.number for each in equal if each.received_on == latest and each.number not in gone]
        gone.update(left[:1])
    return gone
