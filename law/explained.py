"""計算の根拠 as rows a page can print: one dict per step, its sentence in Japanese. Dates stay dates: the page writes 和暦."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from law.claim_state import Claim
from law.delinquency_charge import Charge
from law.delinquency_charge import Step as ChargeStep
from law.demand import DemandState, SeizableFrom
from law.grace import longest
from law.other_clock import Clock
from law.parameters import LevyPolicy, levy_policy
from law.prescription import Prescription
from law.prescription import Step as PrescriptionStep
from law.prescription_event import GRACES, Event
from law.service import SENT
from law.service import rule as service_rule
from law.suspension import Suspension

HELD, PAUSED = "完成猶予中", "進行停止中"
PREMIUM_EXEMPTION = "料に地方税法15条の9の免除が及ぶかは市の条例による（市の設定では及ぶ。国保法78条は準用しない）"
EXEMPT = {"full": "全額免除", "half": "2分の1免除（猶予特例基準割合を超える部分を免除）"}


def describe_charge(charge: Charge, policy: LevyPolicy) -> list[dict]:
    """from_date, to_date, days, rate, base_yen, yen, article, sentence; the last rows say how the sum became the amount."""
    if charge.starts_on is None:
        waits = "督促の指定期限がないため、延滞金はまだ始まらない"
        return [_closing(0, policy.references["charge_start_basis"], waits), *_after_computing(charge)]
    rows = [_charge_row(step, policy) for step in charge.steps]
    if charge.exempt_days and policy.levy_kind == "料":
        rows.append(_closing(None, policy.references["charge_exemption_applies"], PREMIUM_EXEMPTION))
    return rows + _closings(charge, policy)


def describe_prescription(found: Prescription, policy: LevyPolicy) -> list[dict]:
    """on, event, record, effect, completes_on, article, sentence; then what stands beside the date.

    `completes_on` is None where nothing completes because the claim is held. Unconfirmed 承認 are told together, once.
    """
    doubtful = [step for step in found.steps if step.is_doubtful]
    told = [step for step in found.steps if not step.is_doubtful or step is doubtful[-1]]
    rows = [_doubtful_row(doubtful) if step.is_doubtful else _prescription_row(step) for step in told]
    return rows + _beside_the_date(found, policy)


def _prescription_row(step: PrescriptionStep) -> dict:
    sentence = f"{step.event}：{step.effect}"
    if step.is_held and "の間は" not in step.effect:
        sentence += "（解けるまで完成しない）"
    return {**vars(step), "sentence": sentence, "completes_on": None if step.is_held else step.completes_on}


def _doubtful_row(steps: list[PrescriptionStep]) -> dict:
    """Every 承認 that no person has confirmed, as one row at the last of them."""
    last, grounds = steps[-1], "・".join(dict.fromkeys(step.ground or "申出など" for step in steps))
    days = "、".join(dict.fromkeys(str(step.on) for step in steps))
    records = "、".join(dict.fromkeys(step.record for step in steps if step.record))
    sentence = f"{grounds}による承認（{days}）：{last.effect}"
    return _prescription_row(last) | {"record": records, "sentence": sentence}


def _beside_the_date(found: Prescription, policy: LevyPolicy) -> list[dict]:
    if found.is_held:
        stands = hold_state(found.held_by)
        effect = f"{'・'.join(found.held_by)}の間は{'進行しない' if stands == PAUSED else '完成しない'}"
        return [_beside(stands, effect, None), *_if_ended(found)]
    rows = []
    if found.extinct_from:
        rolls = policy.references["prescription_rolls_forward"]
        rows.append(_beside("消滅", "消滅と扱える最初の日（担当者が確かめる）", found.completes_on, found.extinct_from, rolls))
    if found.later_reading_on > found.completes_on:
        rows.append(
            _beside("別の読み", "督促の指定期限の翌日から数える読みでは、この日に完成する", found.later_reading_on)
        )
    if found.if_paused_on is None:
        rows.append(_beside("別の読み", "猶予の間は時効が進行しない読みでは、猶予が終わるまで完成しない", None))
    elif found.if_paused_on > found.completes_on:
        rows.append(_beside("別の読み", "猶予の間は時効が進行しない読みでは、この日に完成する", found.if_paused_on))
    if found.if_reminded_on > found.completes_on:
        text = "再度の催告も、前の催告で完成が延びている間でなければ効力がある読みでは、この日に完成する"
        rows.append(_beside("別の読み", text, found.if_reminded_on))
    if found.if_confirmed_on > found.completes_on:
        rows.append(_beside("承認", "確認されていない承認を担当者が承認と認めれば、この日に完成する", found.if_confirmed_on))
    return rows


def _if_ended(found: Prescription) -> list[dict]:
    """What would be the day if the hold ended today; a day gone by only where the law takes the effect back (旧民法154条)."""
    rows = []
    for each in found.if_ended:
        way = "終了" if each.ways == ("終了",) else f"{'・'.join(each.ways)}で終了"
        then = "この日に完成する" if each.completes_on >= each.on else "さかのぼって効力がなく、この日に完成していたことになる"
        rows.append(_beside("解けたとき", f"{each.on} に{way}すれば、{then}", each.completes_on))
    return rows


def hold_state(held_by: Iterable[str]) -> str:
    """完成猶予中, or 進行停止中 where nothing but a 猶予 of 税 holds the claim (地方税法18条の2第4項)."""
    return PAUSED if all(kind in GRACES for kind in held_by) else HELD


def describe_left_charge(yen: int, paid_on: date, clock: Clock) -> tuple[list[dict], list[dict]]:
    """延滞金 (yen) left of an installment whose 本料 was paid on `paid_on`: rows as of describe_charge and describe_prescription."""
    text = f"本料は {paid_on} に納め終わった。確定延滞金額から納付済みの延滞金を引いて {yen:,}円"
    doubt = "（定めがない。担当者が確かめる）" if clock.needs_person else ""
    effect = f"最後の納付の翌日から延滞金の時効を数える{doubt}"
    row = _beside("起算", effect, clock.completes_on, clock.first_day, clock.article)
    return [_closing(yen, "収納システムの確定延滞金額", text)], [row]


def describe_suspension(found: Suspension, decided_on: date) -> dict:
    """One row beside the 時効: since when it is suspended, and both ends side by side."""
    effect = f"{found.ground}（{decided_on} から）。{found.sentence}"
    return _beside("執行停止", effect, None, found.three_years_on, found.article)


def describe_demand(found: DemandState, levy_kind: str = "料") -> list[dict]:
    """on, sentence, article: by when the 督促 is due, when it went, its fee, and from when the debt may be seized."""
    rows = [_dated(found.deadline, "督促の期限（納期限から数える）", found.article)]
    if found.stopped_by:
        rows.append(_dated(None, f"督促は{found.stopped_by}により止まっている", found.article))
    if found.is_missed:
        rows.append(_dated(None, "期限を過ぎて督促がない（督促漏れ）", found.article))
    if found.issued_on:
        rows += _sent_rows(found)
    if found.seizable:
        rows += _seizable_rows(found.seizable, found.service.way, levy_policy(levy_kind, found.service.served_on).seizure_wait_days)
    rows += [_dated(None, f"{each['fact']}の間: {each['meaning']}差し押さえる前に担当者が確かめる。", each["reference"]) for each in found.caution_rules()]
    rules = {bar: bar.rule(found.as_of) for bar in found.bars}
    return rows + [_dated(None, f"差し押さえられない（{bar}）: {rule['meaning']}", rule["reference"]) for bar, rule in rules.items()]


def describe_grace(grace: Event, levy_kind: str, first_from: date) -> dict:
    """One row for a 猶予 in force: its last day, and the last days the law allows; `first_from` where it extends an earlier one."""
    limits = longest(grace.happened_on, levy_kind, first_from)
    over = grace.ended_on is not None and grace.ended_on > limits.ends_on
    text = f"{grace.kind}の終わり（{grace.record}）。1回は {limits.ends_on} まで、延長を含めて {limits.extension_ends_on} まで"
    return _dated(grace.ended_on, f"{text}{'。最長を超えている（確かめる）' if over else ''}", limits.article)


def describe_claim(found: Claim) -> dict:
    """One row below the days of the 督促: what may be done now, and why."""
    return _dated(None, f"できること: {found.state or 'まだない'}。{found.sentence}", found.article)


def _sent_rows(found: DemandState) -> list[dict]:
    rows = [
        _dated(found.issued_on, "督促状を発した", found.article),
        _dated(found.issued_on, f"督促手数料 {found.fee_yen:,}円", found.fee_article),
    ]
    service = found.service
    if service.returned_on:
        way = service_rule(service.way, found.as_of)
        missing = "" if service.served_on else "。再発送・公示送達の記録なし"
        rows.append(_dated(service.returned_on, f"督促状は {service.returned_on} に返戻{missing}", service_rule("返戻", found.as_of)["reference"]))
        rows.append(_dated(service.served_on, f"{service.way}: {way['text']}", way["reference"]))
    return rows


def _seizable_rows(seizable: SeizableFrom, way: str, waited: int) -> list[dict]:
    begun = "発した" if way == SENT else f"{way}の"
    own = "督促状に書いた指定期限" if seizable.is_deadline_recorded else "督促の指定期限（記録がないため市の通例の日数による）"
    rows = [
        _dated(seizable.designated_deadline, own, seizable.articles[1]),
        _dated(seizable.after_dispatch, f"{begun}日から起算して{waited}日を経過した日の翌日", seizable.articles[0]),
        _dated(seizable.after_designated_deadline, "督促の指定期限の翌日", seizable.articles[1]),
    ]
    if seizable.after_rolled_deadline:
        used = "この日まで待つ（市の設定）" if seizable.waits_until_open else "市の設定では待たない"
        text = f"指定期限が閉庁日のため、翌開庁日の翌日とする読み。{used}"
        rows.append(_dated(seizable.after_rolled_deadline, text, seizable.rolling_article))
    return [*rows, _dated(seizable.on, "差し押さえられる最初の日", "、".join(seizable.articles))]


def _dated(on: date | None, sentence: str, article: str) -> dict:
    return {"on": on, "sentence": sentence, "article": article}


def _charge_row(step: ChargeStep, policy: LevyPolicy) -> dict:
    return {
        "from_date": step.from_date,
        "to_date": step.to_date,
        "days": step.days,
        "rate": step.rate,
        "base_yen": step.base,
        "yen": step.yen,
        "article": step.article,
        "sentence": _sentence(step, policy),
    }


def _sentence(step: ChargeStep, policy: LevyPolicy) -> str:
    if step.base == 0:
        return f"残額 {step.balance:,}円は計算の基礎にならない（{policy.base_minimum_yen:,}円未満）"
    if step.exemption == "full":
        return f"{EXEMPT['full']}（{step.days}日）{_grounds(step)}"
    cut = "（1円未満切捨て）" if policy.cut_each_segment else ""
    text = f"{step.base:,}円 × 年{_percent(step.rate)}% × {step.days}日 ÷ {policy.days_per_year} = {step.yen:,}円{cut}"
    return f"{text}。{EXEMPT['half']}{_grounds(step)}" if step.exemption else text


def _grounds(step: ChargeStep) -> str:
    """Which 猶予 or 停止 exempts these days: its ground, its number, its own days."""
    told = (
        f"{each.ground} {each.record}".rstrip() + f"（{each.from_date} から{f' {each.to_date} まで' if each.to_date else ''}）"
        for each in step.exempted_by
        if each.ground
    )
    return "".join(f"。{text}" for text in dict.fromkeys(told))


def _percent(rate: Decimal) -> str:
    return f"{rate:f}"


def _closings(charge: Charge, policy: LevyPolicy) -> list[dict]:
    least, unit = policy.result_minimum_yen, policy.result_unit_yen
    how = f"{least:,}円未満のため切捨て" if charge.sum_yen < least else f"{unit:,}円未満切捨て"
    cut = f" → {charge.computed_yen:,}円（{how}）" if charge.sum_yen != charge.computed_yen else ""
    rows = [_closing(charge.computed_yen, charge.article, f"合計 {charge.sum_yen:,}円{cut}")]
    return rows + _after_computing(charge)


def _after_computing(charge: Charge) -> list[dict]:
    """強制値, and what was paid of it, as far as there are any."""
    rows = []
    if charge.forced_yen is not None:
        rows.append(
            _closing(
                charge.forced_yen, "基幹システムの強制値", f"強制値 {charge.forced_yen:,}円を計算に代えて使う"
            )
        )
    if charge.paid_yen:
        rows.append(
            _closing(
                charge.yen, "収納履歴", f"納付済みの延滞金 {charge.paid_yen:,}円を引いて {charge.yen:,}円"
            )
        )
    return rows


def _closing(yen: int | None, article: str, sentence: str) -> dict:
    empty = dict.fromkeys(("from_date", "to_date", "days", "rate", "base_yen"))
    return {**empty, "yen": yen, "article": article, "sentence": sentence}


def _beside(event: str, effect: str, completes_on: date | None, on: date | None = None, article: str = "") -> dict:
    return {
        "on": on,
        "event": event,
        "record": "",
        "effect": effect,
        "completes_on": completes_on,
        "article": article,
        "sentence": f"{event}：{effect}",
    }
