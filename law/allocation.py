"""充当: which debt and which part of it a sum of money pays, step by step, within the city."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product

from law.in_force import value, values

FILE = "allocation.toml"
ITEMS = ("滞納処分費", "督促手数料", "本料", "延滞金")


class AllocationRefused(ValueError):
    """金額・指定・充当の元が成り立たない。"""


@dataclass(frozen=True)
class Debt:
    """What is owed on one installment (yen). `completes_on`: its 時効, when known."""

    key: str
    due_date: date
    principal_yen: int
    charge_yen: int = 0
    demand_fee_yen: int = 0
    disposition_cost_yen: int = 0
    completes_on: date | None = None


@dataclass(frozen=True)
class Part:
    """`yen` goes to `item` of the installment `key`; `reason` says why now, with its article."""

    key: str
    item: str
    yen: int
    reason: str
    article: str


@dataclass(frozen=True)
class Allocation:
    """`left_yen` is more than was owed: 過誤納, to be refunded."""

    parts: tuple[Part, ...]
    left_yen: int

    def paid(self, key: str) -> int:
        """Yen that went to one installment."""
        return sum(part.yen for part in self.parts if part.key == key)


def oldest_first(debts: Iterable[Debt]) -> list[Debt]:
    """The usual order: earliest 時効, then earliest due date; a debt whose 時効 is unknown goes by its due date."""
    return sorted(debts, key=lambda debt: (debt.completes_on or date.max, debt.due_date, debt.key))


def allocate(
    yen: int,
    debts: Iterable[Debt],
    on: date,
    source: str = "任意納付",
    designated: Mapping[str, int] | None = None,
) -> Allocation:
    """Divide `yen` received on `on`. `source`: 任意納付 | 滞納処分.

    `designated`: key → yen as the payer says, met first (refused for 滞納処分, where nobody designates).
    Raises AllocationRefused when the designation exceeds the money or what is owed.
    """
    ordered = oldest_first(debts)
    items, article = _order(source, on)
    owed = {(debt.key, item): amount for debt in ordered for item, amount in _amounts(debt)}
    if yen < 0 or any(amount < 0 for amount in owed.values()) or len({d.key for d in ordered}) < len(ordered):
        raise AllocationRefused("金額が負か、同じ期別が2回あります。期別と金額を確かめてください。")
    parts: list[Part] = []
    left = yen - _designate(yen, ordered, items, designated or {}, owed, parts, source)
    reason = value(FILE, "installment_order", on, str).value.split("。")[0]
    for key, item in _sequence(ordered, items, value(FILE, "items_before_installments", on, bool).value):
        left -= _pay(left, key, item, owed, parts, reason, article)
    return Allocation(tuple(parts), left)


def _order(source: str, on: date) -> tuple[list[str], str]:
    for order in values(FILE, "order", on, {"source": str, "items": list}):
        if order.value["source"] == source:
            if sorted(order.value["items"]) != sorted(ITEMS):
                raise AllocationRefused(f"{FILE} の order: items は {ITEMS} を1つずつ並べてください。")
            return order.value["items"], order.reference
    raise AllocationRefused(f"充当の元「{source}」を知りません。任意納付か滞納処分にしてください。")


def _amounts(debt: Debt) -> zip:
    amounts = (debt.disposition_cost_yen, debt.demand_fee_yen, debt.principal_yen, debt.charge_yen)
    return zip(ITEMS, amounts, strict=True)


def _sequence(debts: list[Debt], items: list[str], is_items_first: bool) -> list[tuple[str, str]]:
    keys = [debt.key for debt in debts]
    if is_items_first:
        return [(key, item) for item, key in product(items, keys)]
    return list(product(keys, items))


def _designate(
    yen: int,
    debts: list[Debt],
    items: list[str],
    designated: Mapping[str, int],
    owed: dict[tuple[str, str], int],
    parts: list[Part],
    source: str,
) -> int:
    """Pay what the payer names; returns the yen used."""
    if designated and source != "任意納付":
        raise AllocationRefused("滞納処分で得た金に納付者の指定はありません。指定を外してください。")
    if unknown := designated.keys() - {debt.key for debt in debts}:
        raise AllocationRefused(f"指定された期別 {sorted(unknown)} は未納にありません。")
    if any(amount < 0 for amount in designated.values()) or sum(designated.values()) > yen:
        raise AllocationRefused("指定の合計が納付額を超えるか、負の指定があります。内訳を確かめてください。")
    for key, amount in designated.items():
        left = amount
        for item in items:
            left -= _pay(left, key, item, owed, parts, "納付者の指定", "納付者の指定による")
        if left:
            raise AllocationRefused(f"{key} への指定 {amount:,}円 が未納額を {left:,}円 超えます。")
    return sum(designated.values())


def _pay(
    left: int,
    key: str,
    item: str,
    owed: dict[tuple[str, str], int],
    parts: list[Part],
    reason: str,
    article: str,
) -> int:
    paid = min(left, owed[key, item])
    if paid:
        owed[key, item] -= paid
        parts.append(Part(key, item, paid, reason, article))
    return paid
