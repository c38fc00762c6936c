"""権限表 as rows: roles × actions, scope and column classes. `python -m auth.permission_table FILE` writes it as CSV."""

import argparse
import csv
import io
import sys
from pathlib import Path

from auth.access import permissions

SCOPES = {"all": "市全域", "own": "担当地区", "none": "なし"}
CLEARANCES = {"read": "表示", "masked": "伏字", "none": "なし"}
REVEALS = {"alone": "理由を記録して", "approved": "承認を受けて"}
GRANTED, DENIED = "○", "—"


def rows() -> list[dict[str, str]]:
    """One row per right: 区分 (範囲, 操作, 項目 or 一時解除), its identifier, its Japanese name, then one column per role."""
    table = permissions()
    titles = {name: role.title for name, role in table.roles.items()}

    def row(kind: str, key: str, label: str, cells: dict[str, str]) -> dict[str, str]:
        return {"区分": kind, "識別子": key, "内容": label, **{titles[name]: cell for name, cell in cells.items()}}

    scopes = row("範囲", "scope", "見られる人の範囲", {name: SCOPES[role.scope] for name, role in table.roles.items()})
    actions = [
        row("操作", action, label, {name: GRANTED if action in role.actions else DENIED for name, role in table.roles.items()})
        for action, label in table.actions.items()
    ]
    classes = [
        row("項目", key, label, {name: CLEARANCES[role.clearance[key]] for name, role in table.roles.items()})
        for key, label in table.classes.items()
    ]
    reveals = [
        row("一時解除", key, label, {name: REVEALS.get(role.reveal.get(key), DENIED) for name, role in table.roles.items()})
        for key, label in table.classes.items()
    ]
    amounts = row("額", "rounded_to_yen", "額の見せ方", {name: "円" if role.rounded_to_yen == 1 else f"{role.rounded_to_yen:,}円に丸め" for name, role in table.roles.items()})
    days = row("基準日", "days", "見られる基準日", {name: "月ごとの最後" if role.days == "month_ends" else "公開した全ての日" for name, role in table.roles.items()})
    return [scopes, amounts, days, *actions, *classes, *reveals]


def csv_text() -> str:
    """The table as CSV, with the day of its last review in the last line."""
    written = io.StringIO()
    table = rows()
    writer = csv.DictWriter(written, list(table[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(table)
    writer.writerow({"区分": "見直し", "識別子": "reviewed_on", "内容": permissions().reviewed_on.isoformat()})
    return written.getvalue()


def main(arguments: list[str] | None = None) -> int:
    """`python -m auth.permission_table FILE`: the table for the binder, UTF-8 with BOM so that Excel reads it."""
    parser = argparse.ArgumentParser(prog="python -m auth.permission_table", description="権限表を CSV に書き出す")
    parser.add_argument("file", type=Path)
    target = parser.parse_args(arguments).file
    try:
        target.write_bytes(csv_text().encode("utf-8-sig"))
    except OSError as error:
        print(f"権限表を書き出せません: {error.strerror}（{target}）", file=sys.stderr)
        return 1
    print(f"権限表を書き出しました: {target}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
