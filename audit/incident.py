"""漏えい等の報告の下書き: what the log says about a span of time, in the order of the report to 個人情報保護委員会.

個人情報の保護に関する法律施行規則8条・番号法29条の4の規則: 速報はおおむね3～5日以内、確報は30日以内（不正の目的によるおそれは60日以内）。
"""

from collections import Counter
from datetime import UTC, datetime

from sqlalchemy import select

import settings
from audit import anchor, chain, log
from audit.log import ACCESS_LOG
from audit.material import OFFSET
from audit.refusal import check_allowed
from audit.words import action_name
from auth.access import User

FORM = """漏えい等報告（下書き）
作成 {made}　作成者 {maker}

1 期間　{first} から {last} まで（日本時間）{whose}
2 概要　この期間に個人の情報を表示した記録 {shown:,} 件、拒否した操作 {refused:,} 件
3 対象となり得る本人の数　{persons:,} 人（参照番号の重なりを除く）{unknown}
4 表示した項目（操作ごとの件数）
{actions}
5 操作した利用者（件数・本人の数）
{actors}
6 記録の確からしさ　{whole}
7 原因
8 二次被害またはそのおそれの有無と内容
9 本人への対応の実施状況
10 公表の実施状況
11 再発防止のための措置
12 そのほか参考となる事項

7から12は、事実を確かめて担当者が記入する。本人の参照番号の一覧は、下に付ける（報告書には付けない）。
{references}
"""


def sheet(user: User, first: datetime, last: datetime, actor: str | None = None) -> str:
    """The draft for what `actor` (None = everybody) was shown from `first` to `last` (aware). Raises NotAllowed, AuditUnavailable."""
    check_allowed(user, "audit.read")
    log.append(actor=user.name, action="audit.incident", detail={"first": _utc(first), "last": _utc(last), "of": actor or ""})
    rows = _rows(_utc(first), _utc(last), actor)
    shown = [row for row in rows if row.atena_refs != "[]" and not row.action.endswith("refused") and not row.action.startswith(("audit.", "watch."))]
    lists = [(row, log.references(row.atena_refs)) for row in shown]
    persons = {reference for _, refs in lists if refs for reference in refs}
    longer = sum(refs is None for _, refs in lists)
    return FORM.format(
        made=_local(settings.now()), maker=user.display_name, first=_local(first), last=_local(last), whose=f"　利用者 {actor}" if actor else "",
        shown=len(shown), refused=sum(row.action.endswith("refused") for row in rows), persons=len(persons),
        unknown=f"。ほかに、200人を超える一覧の表示が {longer} 件あり、スナップショットから数え直す" if longer else "",
        actions=_lines(Counter(action_name(row.action) for row in shown)), actors=_by_actor(lists), whole=_whole(), references="\n".join(sorted(persons)),
    )  # fmt: skip


def _rows(first: str, last: str, actor: str | None) -> list:
    row = ACCESS_LOG.c
    wanted = select(row.actor, row.action, row.atena_refs).where(row.at >= first, row.at <= last)
    with chain.reading() as connection:
        return connection.execute(wanted.where(row.actor == actor) if actor else wanted).all()


def _by_actor(lists: list[tuple]) -> str:
    seen: dict[str, set[str]] = {}
    for row, refs in lists:
        seen.setdefault(row.actor, set()).update(refs or ())
    counted = Counter(row.actor for row, _ in lists)
    return "\n".join(f"  {actor}　{count:,} 件　{len(seen[actor]):,} 人" for actor, count in counted.most_common()) or "  なし"


def _lines(counted: Counter) -> str:
    return "\n".join(f"  {what}　{count:,} 件" for what, count in counted.most_common()) or "  なし"


def _whole() -> str:
    wrong = anchor.verify()
    if wrong:
        return f"改ざんまたは欠落があります。{wrong[0].place}: {wrong[0].sentence}"
    line = anchor.latest()
    return "鎖は全て確かめられました。" + (f"{line['number']} 番までのチェックポイントと一致します。" if line else "チェックポイントはまだありません。")


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _local(at: datetime) -> str:
    return (at.astimezone(UTC) + OFFSET).strftime("%Y-%m-%d %H:%M")
