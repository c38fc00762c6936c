"""徴収猶予 and 換価の猶予 (地方税法15条–15条の6の3; 料: 国民健康保険法77条 and the city's 条例).

A checklist, a longest length and the effects: whether to grant is for a person to decide.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from law.calendar import last_day
from law.in_force import Value, value, values

FILE = "grace.toml"
NAMES = ("徴収猶予", "職権換価猶予", "申請換価猶予")
STATES = {True: "満たす", False: "満たさない", None: "未確認"}


class GraceRefused(ValueError):
    """猶予の種類・期間・取消しの事由が法に合わない。"""


@dataclass(frozen=True)
class Condition:
    """One line of the checklist; `group`: fact (one of them is needed), each (all are), caution (no bar)."""

    code: str
    group: str
    text: str
    state: str  # 満たす | 満たさない | 未確認
    article: str


@dataclass(frozen=True)
class Effect:
    text: str
    article: str


@dataclass(frozen=True)
class Grace:
    """`outlook`: 要件を満たす | 満たさない | 確認が要る. Dates are last days; `is_security_needed` by the city's 条例."""

    name: str
    basis: str
    outlook: str
    conditions: tuple[Condition, ...]
    ends_on: date
    longest_ends_on: date
    extension_ends_on: date
    is_security_needed: bool
    exemption: str  # full | half
    exemption_ground: str  # the word law.exemption knows it by
    effects: tuple[Effect, ...]
    cautions: tuple[str, ...]


@dataclass(frozen=True)
class Longest:
    """The last possible days: of this grace, and of it with every extension (地方税法15条4項)."""

    ends_on: date
    extension_ends_on: date
    sentence: str
    article: str


@dataclass(frozen=True)
class CancelStep:
    order: int
    text: str
    article: str


def explain(
    name: str,
    facts: Mapping[str, bool],
    from_date: date,
    months: int,
    yen: int,
    levy_kind: str = "料",
    first_from: date | None = None,
) -> Grace:
    """One grace of `months` from `from_date` (counted as its first day), for `yen` deferred.

    `facts`: condition code → known answer; a missing code is 未確認. `first_from`: for an extension, the first
    day of the grace that is extended. Raises GraceRefused, and NoValue before the grace existed in law.
    """
    kind = _grace(name, from_date, levy_kind)
    limits = longest(from_date, levy_kind, first_from)
    if months < 1 or last_day(from_date, months) > limits.ends_on:
        raise GraceRefused(f"{name}は{limits.sentence}（{limits.article}）。{limits.ends_on} までの月数にしてください。")
    conditions = _conditions(name, facts, from_date, levy_kind)
    exemption = _exemption(name, facts, from_date, levy_kind)
    charge = _charge_effect(name, exemption, from_date, levy_kind)
    return Grace(
        name=name,
        basis=kind.value["basis"],
        outlook=_outlook(conditions),
        conditions=conditions,
        ends_on=last_day(from_date, months),
        longest_ends_on=limits.ends_on,
        extension_ends_on=limits.extension_ends_on,
        is_security_needed=_needs_security(yen, months, from_date, levy_kind),
        exemption=exemption,
        exemption_ground=charge.value["ground"],
        effects=_effects(name, charge, from_date, levy_kind),
        cautions=_cautions(conditions, kind, levy_kind),
    )


def longest(from_date: date, levy_kind: str = "料", first_from: date | None = None) -> Longest:
    """How long a grace from `from_date` may run; `first_from`: for an extension, the first day of the grace it extends."""
    once = value(FILE, "longest_months", from_date, int, levy_kind)
    whole = value(FILE, "total_months", from_date, int, levy_kind)
    limit = last_day(first_from or from_date, whole.value)
    sentence = f"1回 {once.value}月以内、延長を含め {whole.value}月以内です"
    return Longest(min(last_day(from_date, once.value), limit), limit, sentence, whole.reference)


def application_deadline(due_date: date, levy_kind: str = "料") -> date:
    """Last day on which 申請による換価の猶予 may be applied for (15条の6第1項 and the city's 条例)."""
    months = value(FILE, "application_months", due_date, int, levy_kind).value
    return last_day(due_date.fromordinal(due_date.toordinal() + 1), months)


def cancel(name: str, item: int, on: date, levy_kind: str = "料") -> tuple[CancelStep, ...]:
    """The steps of a cancellation for the ground 15条の3第1項 `item`号: 弁明 only for 徴収猶予, and not for 1号.

    0: 職権による換価の猶予 whose conditions have gone. Raises GraceRefused for a ground that kind does not have.
    """
    _grace(name, on, levy_kind)
    keys = {"name": str, "has_hearing": bool, "items": list}
    procedure = next(p for p in values(FILE, "cancellation_procedure", on, keys) if p.value["name"] == name)
    grounds = {g.value["item"]: g for g in values(FILE, "cancellation", on, {"item": int, "text": str})}
    if item not in procedure.value["items"]:
        raise GraceRefused(
            f"{name}に15条の3第1項{item}号の取消しはありません（{procedure.reference}）。事由を選び直してください。"
        )
    ground = grounds[item]
    texts = [(f"事由を確かめる: {ground.value['text']}", ground.reference)]
    if procedure.value["has_hearing"] and item != 1:
        texts.append(("あらかじめ弁明を聞く（正当な理由なく弁明しないときを除く）", "地方税法15条の3第2項"))
    texts.append(("取り消し、一時に徴収する", procedure.reference))
    texts.append(("取り消した旨を通知する", "地方税法15条の3第3項"))
    return tuple(CancelStep(order, *text) for order, text in enumerate(texts, start=1))


def _grace(name: str, on: date, levy_kind: str) -> Value:
    kinds = {
        g.value["name"]: g
        for g in values(FILE, "grace", on, {"name": str, "starts": str, "basis": str}, levy_kind)
    }
    if name not in kinds:
        raise GraceRefused(f"{on} に「{name}」はありません。{'・'.join(kinds)}のどれかにしてください。")
    return kinds[name]


def _conditions(name: str, facts: Mapping[str, bool], on: date, levy_kind: str) -> tuple[Condition, ...]:
    own = [c for c in _listed("condition", on, levy_kind) if c.value["name"] == name]
    if unknown := facts.keys() - {c.value["code"] for c in own}:
        raise GraceRefused(f"{name}の要件に {sorted(unknown)} はありません。綴りを確かめてください。")
    return tuple(
        Condition(
            c.value["code"],
            c.value["group"],
            c.value["text"],
            STATES[facts.get(c.value["code"])],
            c.reference,
        )
        for c in own
    )


def _listed(setting: str, on: date, levy_kind: str) -> tuple[Value, ...]:
    keys = {"name": str, "code": str, "group": str, "text": str, "is_full": bool}
    return values(FILE, setting, on, keys, levy_kind)


def _outlook(conditions: tuple[Condition, ...]) -> str:
    facts = [c.state for c in conditions if c.group == "fact"]
    # 事実はどれか1つでよい: 1つでも満たせば満たす、全部満たさなければ満たさない
    combined = [min(facts, key=["満たす", "未確認", "満たさない"].index)] if facts else []
    states = combined + [c.state for c in conditions if c.group == "each"]
    if "満たさない" in states:
        return "要件を満たさない"
    return "確認が要る" if "未確認" in states else "要件を満たす"


def _exemption(name: str, facts: Mapping[str, bool], on: date, levy_kind: str) -> str:
    """全額 for 災害等による徴収の猶予 (15条の2第4項), the part above 猶予特例基準割合 otherwise."""
    full = {c.value["code"] for c in _listed("condition", on, levy_kind) if c.value["is_full"]}
    return "full" if name == "徴収猶予" and any(facts.get(code) for code in full) else "half"


def _needs_security(yen: int, months: int, on: date, levy_kind: str) -> bool:
    is_small = yen <= value(FILE, "security_free_yen", on, int, levy_kind).value
    return not (is_small or months <= value(FILE, "security_free_months", on, int, levy_kind).value)


def _charge_effect(name: str, exemption: str, on: date, levy_kind: str) -> Value:
    keys = {"name": str, "kind": str, "ground": str, "text": str}
    found = values(FILE, "charge_effect", on, keys, levy_kind)
    return next(c for c in found if (c.value["name"], c.value["kind"]) == (name, exemption))


def _effects(name: str, charge: Value, on: date, levy_kind: str) -> tuple[Effect, ...]:
    own = [
        e
        for e in values(FILE, "effect", on, {"name": str, "text": str}, levy_kind)
        if e.value["name"] == name
    ]
    time = value(FILE, "prescription_effect", on, str, levy_kind)
    return (
        *(Effect(e.value["text"], e.reference) for e in own),
        Effect(f"時効: {time.value}", time.reference),
        Effect(f"延滞金: {charge.value['text']}", charge.reference),
    )


def _cautions(conditions: tuple[Condition, ...], kind: Value, levy_kind: str) -> tuple[str, ...]:
    own = [
        f"注意: {c.text}（{c.article}）"
        for c in conditions
        if c.group == "caution" and c.state != "満たさない"
    ]
    if levy_kind == "料" and kind.note:
        own.append(kind.note)
    return tuple(own)
