"""`python -m audit.pack FROM TO FOLDER`: the auditor's pack, with a hash of every file in it.

The log of those days, what the rules found, whether the chains and checkpoints hold, the permission table, the accounts.
"""

import argparse
import csv
import getpass
import hashlib
import io
import json
import shutil
import sys
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select

import settings
from audit import anchor, chain, log
from audit.log import ACCESS_LOG, AuditUnavailable
from audit.material import accounts, utc
from audit.review import found_between
from audit.spreadsheet import safe
from auth.access import permissions

README = """監査の一式　{first} から {last} まで

access_log.csv       アクセスログ（誰が、いつ、どの操作で、何人を見たか）。人は参照番号でだけ表す。時刻は協定世界時
findings.csv         点検の規則 R1～R18 に当たったもの。seqs は access_log.csv の番号
verification.txt     鎖と、署名したチェックポイントとの照合の結果
permissions.csv      権限表（{reviewed} に見直し）
accounts.csv         利用者の一覧（パスワードは含まない）
checkpoints/         チェックポイントと署名の公開鍵
SHA256SUMS           上のファイルのハッシュ。`sha256sum -c SHA256SUMS` で確かめる

記録 {count:,} 件、点検の該当 {found:,} 件。この一式の作成も、アクセスログに記録した。
"""


def pack(first: date, last: date, folder: Path) -> list[Path]:
    """Write the pack of the days `first` … `last` into a new folder; its files. Raises FileExistsError, AuditUnavailable."""
    folder.mkdir(parents=True)
    log.append(actor=f"os:{getpass.getuser()}", action="audit.pack", source="cli", detail={"first": str(first), "last": str(last)})
    count = _write(folder / "access_log.csv", [column.name for column in ACCESS_LOG.columns], _extract(first, last))
    found = found_between(first, last)
    _write(folder / "findings.csv", ["rule", "actor", "section", "atena_ref", "count", "seqs"],
           ((f.rule.label, f.actor, f.section, f.atena_ref or "", f.count, " ".join(map(str, f.seqs))) for f in found))
    (folder / "verification.txt").write_text(_verification(), "utf-8")
    _write(folder / "permissions.csv", ["役割", "範囲", "操作", "意味"], _permissions())
    _write(folder / "accounts.csv", ["利用者ID", "役割", "所属", "利用期限"], accounts())
    for place, anchors in enumerate(settings.anchors(), start=1):
        if anchors.is_dir():
            shutil.copytree(anchors, folder / "checkpoints" / str(place))
    readme = README.format(first=first, last=last, reviewed=permissions().reviewed_on, count=count, found=len(found))
    (folder / "README.txt").write_text(readme, "utf-8")
    return _sealed(folder)


def _sealed(folder: Path) -> list[Path]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n" for path in files)
    (folder / "SHA256SUMS").write_text(sums, "utf-8")
    return [*files, folder / "SHA256SUMS"]


def _extract(first: date, last: date) -> Iterable[tuple]:
    at = ACCESS_LOG.c.at
    wanted = select(ACCESS_LOG).where(at >= utc(first), at < utc(last + timedelta(days=1))).order_by(ACCESS_LOG.c.seq)
    with chain.reading() as connection:
        yield from map(tuple, connection.execute(wanted, execution_options={"yield_per": chain.PAGE}))


def _verification() -> str:
    wrong = [f"{finding.place}: {finding.sentence}" for finding in anchor.verify()]
    if wrong:
        return "\n".join(wrong) + "\n"
    latest = anchor.latest()
    told = json.dumps(latest, ensure_ascii=False, indent=1) if latest else "チェックポイントはまだありません。"
    return f"OK: 鎖も、全てのチェックポイントとの照合も、合っています。\n\n最後のチェックポイント\n{told}\n"


def _permissions() -> Iterable[tuple]:
    for role in permissions().roles.values():
        for action in sorted(role.actions):
            yield role.title, role.scope, action, permissions().actions[action]
        for column_class, level in role.clearance.items():
            yield role.title, role.scope, f"{column_class}: {level}", permissions().classes[column_class]
        for column_class, how in role.reveal.items():
            yield role.title, role.scope, f"{column_class}: reveal {how}", permissions().classes[column_class]


def _write(path: Path, header: list[str], rows: Iterable[Iterable[object]]) -> int:
    """A CSV with BOM, safe to open in a spreadsheet; how many rows."""
    count, text = 0, io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    for row in rows:
        count += 1
        writer.writerow([safe(value) for value in row])
    path.write_text(text.getvalue(), "utf-8-sig")
    return count


def main(arguments: list[str] | None = None) -> int:
    """Exit 0 written, 1 refused, 2 the store could not be read."""
    parser = argparse.ArgumentParser(prog="python -m audit.pack", description="監査に渡す一式を作る")
    parser.add_argument("first", type=date.fromisoformat, metavar="FROM", help="最初の日（例 2026-10-01）")
    parser.add_argument("last", type=date.fromisoformat, metavar="TO", help="最後の日")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="新しいフォルダ")
    asked = parser.parse_args(arguments)
    try:
        files = pack(asked.first, asked.last, asked.folder)
    except FileExistsError:
        print(f"{asked.folder} はすでにあります。新しいフォルダの名前を指定してください。", file=sys.stderr)
        return 1
    except (AuditUnavailable, chain.ChainUnavailable, anchor.AnchorRefused) as reason:
        print(f"作れませんでした（{reason}）。", file=sys.stderr)
        return 2
    print(f"{asked.folder} に {len(files)} 個のファイルを作りました。")
    return 0


if __name__ == "__main__":
    sys.exit(main())
