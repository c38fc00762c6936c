"""How dates, yen and queues are said on screen. 和暦 is written here and nowhere else; its eras are those of law/fiscal_year.py."""

import re
import unicodedata
from collections import Counter
from datetime import date, datetime
from decimal import Decimal

import polars as pl

import settings
from casework.late import late_days
from law.fiscal_year import ERAS, called, era
from settings import JAPAN

FACTS_LEARNED = ("承継",)  # dated by the death, which is learned of later
WEEKDAYS = "月火水木金土日"
REDUCTIONS = {"0": "なし", "2": "2割", "5": "5割", "7": "7割"}

GRACES = {"徴収猶予", "換価猶予"}  # these stop the time itself (地方税法18条の2第4項)
# 名簿 → what to do next, and on what ground
QUEUES = {
    "時効間近": ("時効完成の前に、承認・差押などで更新する", "国保法110条、民法147条〜152条"),
    "督促漏れ": ("督促状を発付する", "地方自治法231条の3第1項、市条例"),
    "分納不履行": ("連絡して、約束を立て直すか処分に進む", "分納誓約"),
    "速報あり": ("納付の速報がある。催告の前に消込を待つ", "収納速報"),
    "高額": ("財産調査と処分を先に検討する", "国税徴収法47条（地方税の例）"),
    "時効経過": ("時効の日を過ぎている（執行停止中の期別を含む）。完成したかを確かめ、完成していれば不納欠損に進む", "国保法110条、地方自治法236条2項"),
    "返戻・居所不明": ("居所を調べる。見つからなければ公示送達を検討する", "地方税法20条の2（国保法78条）"),
    "接触なし": ("電話・訪問・文書で接触する", "市の基準"),
    "新規": ("早く連絡し、納め忘れか事情かを聞く", "市の基準"),
}


def plain(text: str) -> str:
    """What somebody typed, where Streamlit reads Markdown: its signs are shown, not obeyed."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]()#+-.!|<>~:$" else letter for letter in text)


def wareki(day: date | None) -> str:
    """令和8年10月30日; the first year of an era is 元年; — when there is no day."""
    if day is None:
        return "—"
    name, _, year = era(day)
    return f"{name}{'元' if year == 1 else year}年{day.month}月{day.day}日"


ERA_DAY = re.compile(r"(令和|平成|昭和|大正|明治|[RHSTM])(\d{1,2}|元)[年./-](\d{1,2})[月./-](\d{1,2})日?")
COMMON_DAY = re.compile(r"(\d{4})[年./-]?(\d{1,2})[月./-]?(\d{1,2})日?")


def read_day(text: str) -> date | None:
    """The day somebody typed: R8.10.30, 令和8年10月30日, 2026/10/30 or 20261030; None when it is no day."""
    plain = unicodedata.normalize("NFKC", text).strip().upper()
    era, common = ERA_DAY.fullmatch(plain), COMMON_DAY.fullmatch(plain)
    try:
        if era:
            start = next(start for start, name, letter in ERAS if era[1] in (name, letter))
            return date(start.year - 1 + (1 if era[2] == "元" else int(era[2])), int(era[3]), int(era[4]))
        return date(int(common[1]), int(common[2]), int(common[3])) if common else None
    except ValueError:
        return None


def wareki_with_weekday(day: date) -> str:
    """令和8年10月30日（金）"""
    return f"{wareki(day)}（{WEEKDAYS[day.weekday()]}）"


def short(day: date | None) -> str:
    """R08.10.30, which also sorts as text within an era; — when there is no day."""
    if day is None:
        return "—"
    _, letter, year = era(day)
    return f"{letter}{year:02}.{day.month:02}.{day.day:02}"


def in_wareki(text: str | None) -> str | None:
    """A sentence of the data with its ISO dates and 西暦 fiscal years as the office writes them."""
    if text is None:
        return None
    text = re.sub(r"\b\d{4}-\d{2}-\d{2}\b", lambda found: short(date.fromisoformat(found[0])), text)
    return re.sub(r"\b(\d{4})年度", lambda found: fiscal(int(found[1])), text)


def written(row: dict) -> str | None:
    """Who wrote an entry of the 経過, and 後日記載（3日後） when it was not written when it could have been."""
    if row["recorded_at"] is None or row["kind"] in FACTS_LEARNED:
        return row["written_by"]
    late = late_days(row["happened_on"], settings.day_of(datetime.fromisoformat(row["recorded_at"])))
    return f"{row['written_by']}　後日記載（{late:,}日後）" if late else row["written_by"]


def clock(instant: str | None) -> str:
    """R08.11.24 01:39 in Japan, from a UTC ISO text; — when there is none."""
    if instant is None:
        return "—"
    local = datetime.fromisoformat(instant).astimezone(JAPAN)
    return f"{short(local.date())} {local:%H:%M}"


def short_month(day: date) -> str:
    """R08.10"""
    return short(day)[:6]


def fiscal(year: int) -> str:
    """令和8年度 (the year that opens in April of `year`)."""
    return called(year)


def calendar_year(year: int) -> str:
    """令和7年 (January to December; the era of its last day)."""
    name, _, count = era(date(year, 12, 31))
    return f"{name}{'元' if count == 1 else count}年"


def square_metres(hundredths: int) -> str:
    """204.55㎡, from whole hundredths."""
    return f"{hundredths // 100:,}.{hundredths % 100:02}㎡"


def reductions(tenths: pl.Series) -> pl.Series:
    """軽減割合 as the office says it: 7 → 7割."""
    return tenths.replace_strict(REDUCTIONS, default=None)


def installment(number: str) -> str:
    """第8期, from the feed's "08"."""
    return f"第{int(number)}期"


def yen(amount: int | None) -> str:
    """12,345円; — when unknown."""
    return "—" if amount is None else f"{amount:,}円"


def people(count: int | None) -> str:
    """1,234人; 10人未満 where so few are not told."""
    return "10人未満" if count is None else f"{count:,}人"


def percent(value: Decimal | None) -> str:
    """93.45%; — where nothing was assessed."""
    return "—" if value is None else f"{value:.2f}%"


def point(value: Decimal | None) -> str:
    """+0.47ポイント"""
    return "—" if value is None else f"{value:+.2f}ポイント"


def days_left(day: date, as_of: date) -> str:
    """あと93日 / 本日 / 3日超過"""
    left = (day - as_of).days
    return f"あと{left}日" if left > 0 else "本日" if left == 0 else f"{-left}日超過"


def reason(queue: str, day: date | None, amount: int | None, as_of: date) -> str:
    """One reason a case is on the list, with the day and the yen behind it."""
    if queue == "時効間近":
        return f"時効 {short(day)}（{days_left(day, as_of)}）{yen(amount)}"
    if queue == "時効経過":
        return f"時効経過 {short(day)} {yen(amount)}"
    if queue == "新規":
        return f"新規 納期限 {short(day)}"
    if queue == "高額":
        return f"高額 {yen(amount)}"
    if queue == "督促漏れ":
        return f"督促漏れ 期限 {short(day)}（{days_left(day, as_of)}）"
    if queue == "分納不履行":
        return f"分納不履行 {short(day)} {yen(amount)}"
    if queue == "接触なし":
        return f"接触なし（最終 {short(day)}・{(as_of - day).days}日）" if day else "接触の記録なし"
    if queue == "速報あり":
        return f"速報 {yen(amount)}"
    return queue


CLAIMS = {"時効経過": "時効経過・要確認", "差押可能": "差押可能"}
BARS = {"執行停止": "", "執行停止の決裁": "執行停止を決裁済（差押しない）", "支援措置の保護": "支援措置のため処分の前に確認"}  # 執行停止 stands in the state with its 号


def held(held_by: list[str] | None) -> str:
    """完成猶予中 or 進行停止中 with what holds it, in the law's own words; empty when nothing does."""
    stands = "進行停止中" if set(held_by or ()) <= GRACES else "完成猶予中"
    return f"{stands}（{'・'.join(held_by)}）" if held_by else ""


def claim(state: str | None, bars: list[str] | None, extinct_from: date | None, cautions: list[str] | None = None) -> list[str]:
    """What may be done with an open 期別 today: 差押可能 (and what to think of first), what bars it, or that its 時効 has passed."""
    beside = [f"{each}中" for each in cautions or []]
    if state == "消滅":
        return [f"時効経過・要確認（{short(extinct_from)}から消滅と扱える）", *beside]
    if state == "差押不可":
        return [*([BARS.get(bar, f"差押不可（{bar}）") for bar in bars or []] or ["差押不可"]), *beside]
    if state == "差押可能" and cautions:
        return [f"差押可能（{'・'.join(beside)}・要確認）"]
    return [*([CLAIMS[state]] if state in CLAIMS else []), *beside]


def lacking_counts(text: str) -> str:
    """The same in one short line: how many records by 当てはめ, 「資料なし2・食い違い1」."""
    found = Counter(finding for _, _, finding in (each.partition("：") for each in text.split("、") if each))
    return "・".join(f"{finding}{count}" for finding, count in found.items())


def lacking(text: str) -> str:
    """「預金：資料なし、給与：資料なし」 of the screening as 「資料なし 預金・給与」: each 当てはめ once."""
    by_finding: dict[str, list[str]] = {}
    for target, _, finding in (each.partition("：") for each in text.split("、") if each):
        by_finding.setdefault(finding, []).append(target)
    return "　".join(f"{finding} {'・'.join(targets)}" for finding, targets in by_finding.items())
