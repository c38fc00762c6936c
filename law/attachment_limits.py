"""What may not be attached, and the figures behind 超過 (48条1項), 無益 (48条2項) and the wait before 公売."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from law.calendar import last_day
from law.in_force import Value, value, values

FILE = "attachment_limits.toml"


@dataclass(frozen=True)
class ProtectedAsset:
    kind: str  # 絶対 | 条件付 | 給料等 | 他法
    asset: str
    article: str


@dataclass(frozen=True)
class Asset:
    """Something attached or to be attached: expected price, and what others have before the city (yen)."""

    name: str
    expected_yen: int
    prior_yen: int = 0
    is_claim: bool = False  # 債権


@dataclass(frozen=True)
class Finding:
    """A judgement on figures: `holds` = the attachment may stand on this point. A person decides."""

    holds: bool
    sentence: str
    article: str


@dataclass(frozen=True)
class SaleWait:
    """公売: `is_waiting`; `final_on`: the first day on which it may go ahead, None while that is open."""

    is_waiting: bool
    final_on: date | None
    sentence: str
    article: str


def protected_assets(on: date, kind: str | None = None) -> tuple[ProtectedAsset, ...]:
    """The list in force on a day, all of it or one kind."""
    found = values(FILE, "protected_asset", on, {"kind": str, "asset": str})
    return tuple(
        ProtectedAsset(f.value["kind"], f.value["asset"], f.reference)
        for f in found
        if kind in (None, f.value["kind"])
    )


def futility_rule(on: date) -> Value:
    """The rule by itself, where what others have before the city is not known yet."""
    return value(FILE, "futility", on, str)


def futility(asset: Asset, cost_yen: int, on: date) -> Finding:
    """無益な差押: the price must exceed 滞納処分費 and prior claims; an equal price is futile (こえる見込みがない)."""
    law = futility_rule(on)
    margin = asset.expected_yen - cost_yen - asset.prior_yen
    figures = (
        f"{asset.name}: 処分予定価額 {asset.expected_yen:,}円 − 滞納処分費 {cost_yen:,}円 − 優先債権 {asset.prior_yen:,}円"
        f" = {margin:,}円"
    )
    word = "配当の見込みがある" if margin > 0 else "無益な差押えに当たる"
    return Finding(margin > 0, f"{figures}。{word}", law.reference)


def excess(assets: Iterable[Asset], claim_yen: int, cost_yen: int, on: date) -> Finding:
    """超過差押: no asset may be dispensable. `claim_yen`: 本料・延滞金・督促手数料 on the day.

    An asset is dispensable when the others alone cover the claim. A claim (債権) larger than needed is no excess, as
    it is attached in full (63条); the sentence says that a part would do.
    """
    law, partial = value(FILE, "excess", on, str), value(FILE, "partial_claim", on, str)
    held, needed = list(assets), claim_yen + cost_yen
    total = sum(_net(asset) for asset in held)
    over = [asset.name for asset in held if total - _net(asset) >= needed and _net(asset) > 0]
    words = [f"超過の疑い: {'・'.join(over)} を外せる" if over else "超過に当たらない"]
    words += [
        f"{asset.name}: {partial.value}（{partial.reference}）"
        for asset in held
        if asset.is_claim and total > needed and asset.name not in over
    ]
    figures = f"必要な額 {needed:,}円（滞納処分費 {cost_yen:,}円を含む）に対し、見込み {total:,}円"
    return Finding(not over, "。".join([figures, *words]), law.reference)


def public_sale(
    notified_on: date, levy_kind: str, is_contested: bool, decided_on: date | None = None
) -> SaleWait:
    """May the attached thing be sold? 料 waits until the attachment is final (地方自治法231条の3第11項).

    `is_contested`: 審査請求 or a suit was filed; `decided_on`: the day it became final, when it did.
    """
    if levy_kind == "税":
        is_waiting = is_contested and decided_on is None
        word = "審査請求の裁決まで換価しない" if is_waiting else "税の公売に、確定を待つ定めはない"
        return SaleWait(is_waiting, None if is_waiting else notified_on, word, "地方税法19条の7第1項")  # 条番号は記憶による。現行条文で確かめること
    law = value(FILE, "objection_months", notified_on, int, levy_kind)
    if is_contested and decided_on is None:
        return SaleWait(True, None, "審査請求・訴訟が終わるまで公売を停止する", law.reference)
    final = decided_on or last_day(notified_on + timedelta(days=1), law.value)
    sentence = f"{final} に処分が確定する。{law.note}" if not decided_on else f"{final} に処分が確定した"
    return SaleWait(not decided_on, final + timedelta(days=1), sentence, law.reference)


def _net(asset: Asset) -> int:
    return max(0, asset.expected_yen - asset.prior_yen)
