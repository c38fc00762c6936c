"""`python -m auth.staff_feed FILE`: 人事異動 against the accounts, every night (評価書 Ⅲ-3 リスク2「失効」).

FILE is the whole staff of the day as CSV: 職員番号,氏名,所属. Who is no longer in it is disabled. Who is in another section
loses the districts, and a role that reads the whole city's persons is disabled: the new section asks for what it needs.
"""

import argparse
import csv
import hashlib
import io
import sys
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

import settings
import store
from audit import log
from auth import accounts, sessions
from auth.access import permissions
from auth.account_rules import rules
from auth.account_store import account, account_holder

COLUMNS = ["職員番号", "氏名", "所属"]


class StaffFeedRefused(Exception):
    """使えない人事異動ファイル。The text says what is wrong and what to do; nothing was changed."""


@dataclass
class Report:
    """Names of accounts by what happened to them, and those the feed cannot speak of."""

    staff_count: int
    left: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    moved_and_disabled: list[str] = field(default_factory=list)
    without_number: list[str] = field(default_factory=list)


def read(content: bytes) -> dict[str, str]:
    """職員番号 → 所属. UTF-8 (with or without BOM) or CP932. Raises StaffFeedRefused."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp932", "replace")
    rows = list(csv.reader(io.StringIO(text)))
    if not rows or rows[0] != COLUMNS:
        raise StaffFeedRefused(f"1行目の見出しが違います。{','.join(COLUMNS)} にしてください。")
    staff: dict[str, str] = {}
    for line, row in enumerate(rows[1:], 2):
        if len(row) != len(COLUMNS) or not row[0].strip() or not row[2].strip():
            raise StaffFeedRefused(f"{line}行目の項目が足りません。職員番号・氏名・所属をそろえてください。")
        if row[0].strip() in staff:
            raise StaffFeedRefused(f"{line}行目の職員番号は2度目です。1人を1行にしてください。")
        staff[row[0].strip()] = row[2].strip()
    if not staff:
        raise StaffFeedRefused("職員が1人もいません。その日の全職員を書き出してください。")
    return staff


def plan(staff: dict[str, str]) -> Report:
    """What the feed asks for, without doing it. Accounts already disabled, and vendors', are left alone."""
    report = Report(len(staff))
    with store.engine().connect() as connection:
        read_all = sa.select(account, account_holder.c.kind, account_holder.c.employee_number)
        people = connection.execute(read_all.outerjoin(account_holder).where(account.c.is_disabled.is_(False)).order_by(account.c.name)).all()
    for row in people:
        if row.kind is None:
            report.without_number.append(row.name)
        elif row.kind == "staff" and row.employee_number not in staff:
            report.left.append(row.name)
        elif row.kind == "staff" and staff[row.employee_number] != row.section:
            reads_all = permissions().roles[row.role].scope == "all"
            (report.moved_and_disabled if reads_all else report.moved).append(row.name)
    return report


def reconcile(content: bytes, accepted: int | None = None) -> Report:
    """Carry the feed out. Raises StaffFeedRefused when it would disable too many and `accepted` is not their number."""
    staff = read(content)
    report = plan(staff)
    gone = report.left + report.moved_and_disabled
    with store.engine().connect() as connection:
        numbers = dict(connection.execute(sa.select(account_holder.c.account, account_holder.c.employee_number)).all())
    limit = max(3, len(numbers) * rules(settings.today()).staff_feed_limit_percent // 100)
    if len(gone) > limit and accepted != len(gone):
        raise StaffFeedRefused(f"{len(gone)}人を停止することになります（上限{limit}人）。ファイルを確かめ、正しければ --accept {len(gone)} を付けてください。")
    counts = {"left": len(report.left), "moved": len(report.moved), "moved_and_disabled": len(report.moved_and_disabled)}
    _record("staff_feed.reconcile", sha256=hashlib.sha256(content).hexdigest(), staff=len(staff), **counts)
    for name in gone:
        _record("account.disable", account=name, reason="left" if name in report.left else "moved")
        accounts.disable(name)
    for name in report.moved:
        section = staff[numbers[name]]
        _record("account.change", account=name, reason="moved", section=section, districts=[])
        accounts.change(name, section=section, districts=())
    sessions.live()  # judges every session now: those of the disabled end here
    return report


def _record(action: str, **detail: object) -> None:
    log.append(actor="staff_feed", action=action, source="cli", detail=detail)


def main(arguments: list[str] | None = None) -> int:
    """`python -m auth.staff_feed FILE [--accept N]`: 0 done (the report, on stdout), 1 refused (why, on stderr)."""
    parser = argparse.ArgumentParser(prog="python -m auth.staff_feed", description="人事異動と利用者の突合")
    parser.add_argument("file", type=Path, help="その日の全職員（職員番号,氏名,所属）")
    parser.add_argument("--accept", type=int, help="上限を超えて停止する人数（確かめたうえで）")
    asked = parser.parse_args(arguments)
    store.create_tables()
    try:
        report = reconcile(asked.file.read_bytes(), asked.accept)
    except (StaffFeedRefused, OSError) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    print(f"職員 {report.staff_count}人と突き合わせました。")
    for told, names in (("退職などで停止", report.left), ("異動で停止（市全域を見る役割）", report.moved_and_disabled),
                        ("異動で担当地区を解除", report.moved), ("職員番号がなく、突き合わせられない", report.without_number)):  # fmt: skip
        print(f"{told}: {len(names)}人" + (f"（{'・'.join(names)}）" if names else ""))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
