"""滞納処分の執行停止 (地方税法15条の7・15条の8): grounds, duties, both ends side by side, and the hardship line."""

from dataclasses import dataclass
from datetime import date, timedelta

from law.calendar import last_day
from law.in_force import value, values
from law.parameters import SUSPENSION_FILE, suspension_policy


class SuspensionRefused(ValueError):
    """停止・即時消滅・取消しが法に合わない。"""


@dataclass(frozen=True)
class Duty:
    text: str
    article: str


@dataclass(frozen=True)
class Suspension:
    """`ends_on` and `ended_by`: the earlier of 3年の継続 and 時効 (both shown), or 即時消滅 on the day of decision."""

    ground: str
    article: str
    three_years_on: date
    prescription_on: date | None
    ends_on: date
    ended_by: str  # 3年の継続 | 時効 | 即時消滅
    duties: tuple[Duty, ...]
    sentence: str


def explain(
    item: int,
    decided_on: date,
    prescription_on: date | None,
    levy_kind: str = "料",
    is_partial: bool = False,
    has_attachment: bool = False,
    is_hopeless: bool = False,
) -> Suspension:
    """One suspension on the ground 15条の7第1項 `item`号.

    `prescription_on`: when 時効 completes (None while a 差押 holds it). `is_hopeless`: 限定承認 or otherwise plainly
    uncollectable, asked to be extinguished at once (5項). Raises SuspensionRefused.
    """
    ground = _ground(item, decided_on)
    if is_partial and not value(SUSPENSION_FILE, "allows_partial", decided_on, bool, levy_kind).value:
        raise SuspensionRefused(
            "市の設定では一部の停止を認めていません。全部の停止とするか、設定を確かめてください。"
        )
    end = three_years_end(decided_on, levy_kind)
    if is_hopeless:
        article = _immediate(item, decided_on)
        ends_on, ended_by, sentence = (
            decided_on,
            "即時消滅",
            f"限定承認か、徴収できないことが明らかなため直ちに消滅させる（{article}）",
        )
    else:
        ends_on, ended_by = (
            (prescription_on, "時効") if prescription_on and prescription_on < end else (end, "3年の継続")
        )
        sentence = f"停止3年の終わり {end}、時効 {prescription_on or '差押により完成しない'}。早い方は {ended_by} {ends_on}"
    if prescription_on and prescription_on < decided_on:
        sentence += "。停止の前に時効が完成している（担当者が確かめる）"
    return Suspension(
        ground=f"{item}号 {ground['name']}",
        article=ground["article"],
        three_years_on=end,
        prescription_on=prescription_on,
        ends_on=ends_on,
        ended_by=ended_by,
        duties=_duties(item, decided_on, has_attachment),
        sentence=sentence,
    )


def cancel(decided_on: date, cancelled_on: date, levy_kind: str = "料") -> tuple[Duty, ...]:
    """The steps of 15条の8 when the ground has gone; refused after the three years are over."""
    end = three_years_end(decided_on, levy_kind)
    if not decided_on <= cancelled_on <= end:
        raise SuspensionRefused(
            f"取消しは停止の日から {end} までです（地方税法15条の8第1項）。日付を確かめてください。"
        )
    return (
        Duty("停止を取り消し、滞納処分に戻る", "地方税法15条の8第1項"),
        Duty("取り消した旨を滞納者に通知する", "地方税法15条の8第2項"),
    )


def three_years_end(decided_on: date, levy_kind: str = "料") -> date:
    """The day at whose end the duty to pay is extinguished (15条の7第4項); the first day is not counted.

    Prescription runs on meanwhile: a 料 usually dies earlier by 時効, so show both dates.
    """
    years = suspension_policy(levy_kind, decided_on).extinction_years
    return last_day(decided_on + timedelta(days=1), 12 * years)


def hardship_limit(relatives: int, on: date, levy_kind: str = "料") -> int:
    """Monthly yen below which living is taken to be pressed: the person plus `relatives` (施行令34条)."""
    policy = suspension_policy(levy_kind, on)
    return policy.hardship_monthly_yen + policy.hardship_per_relative_yen * relatives


def _ground(item: int, on: date) -> dict:
    for ground in values(SUSPENSION_FILE, "ground", on, {"item": int, "name": str}):
        if ground.value["item"] == item:
            return ground.value | {"article": ground.reference}
    raise SuspensionRefused(f"地方税法15条の7第1項に {item}号 はありません。1号〜3号から選んでください。")


def immediate_item(on: date) -> int:
    """The 号 whose 停止 may be extinguished at once (5項)."""
    return value(SUSPENSION_FILE, "immediate_extinction_item", on, int).value


def immediate_grounds(on: date) -> dict[str, tuple[str, str]]:
    """The grounds of 即時消滅 (5項): name → (what it means, article)."""
    found = values(SUSPENSION_FILE, "immediate_ground", on, {"name": str, "text": str})
    return {each.value["name"]: (each.value["text"], each.reference) for each in found}


def check_immediate_ground(name: str | None, on: date) -> None:
    """Raises SuspensionRefused unless `name` is one of them: a claim is not extinguished at once without saying why."""
    if name not in immediate_grounds(on):
        raise SuspensionRefused(f"即時消滅には、事由を{'・'.join(immediate_grounds(on))}から選んでください（地方税法15条の7第5項）。")


def _immediate(item: int, on: date) -> str:
    law = value(SUSPENSION_FILE, "immediate_extinction_item", on, int)
    if item != law.value:
        raise SuspensionRefused(f"直ちに消滅させられるのは {law.value}号 の停止だけです（{law.reference}）。")
    return law.reference


def _duties(item: int, on: date, has_attachment: bool) -> tuple[Duty, ...]:
    keys = {"item": int, "text": str}
    found = [d for d in values(SUSPENSION_FILE, "duty", on, keys) if d.value["item"] in (0, item)]
    return tuple(
        Duty(
            d.value["text"] if d.value["item"] == 0 or has_attachment else f"{d.value['text']}（今はない）",
            d.reference,
        )
        for d in found
    )
