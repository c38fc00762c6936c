"""Outbound: what officers recorded and the law computed → files for the systems around us, one folder a day.

`python -m data_access.outbound [2026-10-30 …]` writes outbox/<date>/<system>/*.csv with each system's 連携予定.csv, of the
published day when none is named, from the ledger's events since the day before up to a seq that
outbox/<date>/manifest.json fixes: run again, the same date gives the same bytes, whatever came since. A file is in the
access log before it is on disk.
"""

import csv
import hashlib
import io
import json
import os
import sys
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import inspect

import settings
import store
from audit import log
from data_access import derive, inquiry, ledger_tail, snapshot
from data_access.alone import alone
from data_access.day_folder import PURGING
from data_access.feed_schedule import FILE_NAME, HEADER
from data_access.outbound_contract import OutFile, Target, targets
from data_access.outbound_rows import Basis, rows_of
from law.payment_slip import SlipRefused

HELP = """python -m data_access.outbound [業務日 …]
他のシステムへ返す連携ファイルを CONSOLE_HOME/outbox/<業務日>/ に書き出す。業務日を書かなければ、公開中の日の分を書く。
同じ日は何度実行しても同じ内容で、欠けたファイルだけを書き直す。終了コード 0 = 書いたか書出済、1 = 書けない、2 = 指定の誤り。"""
ACTOR = "outbound"
BUILDING = ".building-"
MANIFEST = "manifest.json"
PERSONS = ("atena_number", "heir_atena_number", "member_number", "other_number")


class OutboundRefused(Exception):
    """連携ファイルを書き出せない。Nothing was written; the text says why and what to do."""


@dataclass(frozen=True)
class Made:
    """One file as it will stand: its path below the day's folder, its bytes, and what 連携予定 says of it."""

    target: Target
    file: OutFile
    path: str
    mode: str
    content: bytes
    rows: tuple[dict, ...]
    totals: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def send_out(business_date: date) -> list[Made]:
    """Write the outbound files of one business date, or make good what is missing of them; returns those written.

    Raises OutboundRefused, SnapshotRefused (a snapshot it rests on is gone or damaged), AuditUnavailable; then
    nothing more is written.
    """
    with _alone() as outbox:
        folder = outbox / business_date.isoformat()
        is_again = (folder / MANIFEST).is_file()
        plan = _kept_plan(folder) if is_again else _new_plan(outbox, business_date)
        made = _made(plan, business_date)
        contents = {each.path: each.content for each in made} | _schedules(made, plan, business_date)
        text = _manifest(plan, contents)
        if is_again and text != (folder / MANIFEST).read_text("utf-8"):
            raise OutboundRefused(f"{business_date} の連携ファイルを同じ内容で作り直せません。台帳・照会ファイル・書式のどれかが変わっています。システム管理者に連絡してください。")
        wanted = {path for path, content in contents.items() if _differs(folder / path, content)}
        written = [each for each in made if each.path in wanted]
        _log(written, plan, business_date)
        if is_again:
            _mend(folder, {path: contents[path] for path in wanted})
        else:
            _publish(outbox, folder, {**contents, MANIFEST: text.encode()})
    return written


def _alone() -> AbstractContextManager[Path]:
    """The outbox, for one run at a time."""
    return alone(settings.outbox(), f"{BUILDING}*", f"{PURGING}*", busy=OutboundRefused("ほかの書き出しが動いています。終わってからもう一度実行してください。"))


def _new_plan(outbox: Path, business_date: date) -> dict:
    """What this day's files are made from, decided now: everything after the last day that was written."""
    current = snapshot.current()
    if current is None or current.business_date > business_date:
        raise OutboundRefused(f"{business_date} 以前の日のデータが公開されていません。その日の連携を取り込んでから実行してください。")
    days = sorted(path.parent.name for path in outbox.glob(f"*/{MANIFEST}"))
    if days and days[-1] > business_date.isoformat():
        raise OutboundRefused(f"{days[-1]} の連携ファイルをすでに書き出しています。それより古い日の分は、後の日にまとめて入っています。")
    last = _kept_plan(outbox / days[-1]) if days else {"upto_seq": 0, "snapshot_id": None, "sequence": 0}
    kept = {each.id for each in snapshot.kept()}
    asked, sha256 = _inquiries(business_date)
    return {
        "after_seq": last["upto_seq"], "upto_seq": max(last["upto_seq"], ledger_tail.last_seq()), "snapshot_id": current.id,
        "before_id": last["snapshot_id"] if last["snapshot_id"] in kept else None, "sequence": last["sequence"] + 1,
        "inquiry_sha256": sha256, "asked": {day: used.id for day, used in sorted(inquiry.snapshots_for(asked, current).items())},
    }  # fmt: skip


def _kept_plan(folder: Path) -> dict:
    return json.loads((folder / MANIFEST).read_text("utf-8"))["plan"]


def _inquiries(business_date: date) -> tuple[tuple[inquiry.Inquiry, ...], str]:
    path = inquiry.path_of(business_date)
    content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
    try:
        return (inquiry.read(content.decode("utf-8")) if content else ()), hashlib.sha256(content).hexdigest()
    except (inquiry.InquiryInvalid, UnicodeDecodeError) as error:
        reason = str(error) if isinstance(error, inquiry.InquiryInvalid) else "照会ファイルを UTF-8 で読めません。送り直してもらってください。"
        raise OutboundRefused(reason) from None


def _made(plan: dict, business_date: date) -> list[Made]:
    used = {name: snapshot.find(name) for name in {plan["snapshot_id"], plan["before_id"], *plan["asked"].values()} - {None}}
    for each in used.values():
        snapshot.verify(each)
    asked, _ = _inquiries(business_date)
    basis = Basis(plan["after_seq"], plan["upto_seq"], used[plan["snapshot_id"]], used.get(plan["before_id"]), asked,
                  {day: used[name] for day, name in plan["asked"].items()})
    try:
        return [_file(target, file, basis, business_date) for target in targets() for file in target.files]
    except SlipRefused as refusal:
        raise OutboundRefused(f"納付書の番号を作れません（data_access/city.toml の mpn）。{refusal}") from None


def _file(target: Target, file: OutFile, basis: Basis, business_date: date) -> Made:
    rows = tuple(rows_of(file, basis))
    is_whole = file.origin == "sanctions" or (file.origin == "snapshot" and not (file.rows == "changed" and basis.before))
    table = [[column.label for column in file.columns], *([column.cell(row, target.encoding) for column in file.columns] for row in rows)]
    totals = ";".join(f"{file.label_of(name)}={sum(row[name] or 0 for row in rows)}" for name in file.control)
    path = f"{target.code}/{file.name}_{business_date:%Y%m%d}_{'F' if is_whole else 'D'}.csv"
    return Made(target, file, path, "全件" if is_whole else "差分", _csv(table, target.encoding, path), rows, totals)


def _csv(table: list[list[str]], encoding: str, path: str) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(table)
    try:
        return text.getvalue().encode(encoding)
    except UnicodeEncodeError as error:
        line = text.getvalue()[: error.start].count("\n") + 1
        raise OutboundRefused(f"{path} の {line} 行目に {encoding} で書けない文字があります。その記録を訂正してから実行してください。") from None


def _schedules(made: list[Made], plan: dict, business_date: date) -> dict[str, bytes]:
    """連携予定 of each system, in the form in which feeds come to us."""
    found = {}
    for target in targets():
        lines = [[each.file.name, Path(each.path).name, target.encoding, each.mode, str(plan["sequence"]), str(len(each.rows)), each.totals,
                  each.sha256, business_date.isoformat()] for each in made if each.target is target]
        path = f"{target.code}/{FILE_NAME}"
        found[path] = _csv([list(HEADER), *lines], "utf-8", path)
    return found


def _manifest(plan: dict, contents: dict[str, bytes]) -> str:
    files = {path: hashlib.sha256(content).hexdigest() for path, content in contents.items()}
    return json.dumps({"plan": plan, "files": files}, ensure_ascii=False, indent=1, sort_keys=True)


def _log(written: list[Made], plan: dict, business_date: date) -> None:
    """Every file is a disclosure to another system; every answer to an inquiry is one of its own."""
    key = settings.secret("pseudonym")
    for made in written:
        references = {derive.atena_ref(row[name], key) for row in made.rows for name in PERSONS if row.get(name)}
        paid = sum(1 for row in made.rows if row.get("paid_since_yen"))
        told = {"purpose": made.target.purpose, "ground": made.target.ground, "sha256": made.sha256, "sequence": plan["sequence"]} | ({"paid_since": paid} if paid else {})
        source = f"outbox/{business_date}/{made.path}"
        log.append(actor=ACTOR, action="outbound.write", question=f"{made.target.code}/{made.file.name}", snapshot_id=plan["snapshot_id"],
                   row_count=len(made.rows), atena_refs=sorted(references), source=source, detail=told)
        for row in made.rows if made.file.origin == "inquiry" else ():
            log.append(actor=ACTOR, action="arrears_inquiry.answer", question=row["inquiry_number"], row_count=1, source=source,
                       snapshot_id=plan["asked"].get(row["as_of"].isoformat(), ""), atena_refs=[derive.atena_ref(row["atena_number"], key)],
                       detail={"ground": made.target.ground, "as_of": row["as_of"].isoformat()})


def _differs(path: Path, content: bytes) -> bool:
    return not path.is_file() or path.read_bytes() != content


def _publish(outbox: Path, folder: Path, contents: dict[str, bytes]) -> None:
    """The whole day under another name, on disk, then renamed into its place."""
    building = outbox / f"{BUILDING}{os.getpid()}"
    for path, content in contents.items():
        (building / path).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(building / path, content)
    os.rename(building, folder)
    _to_disk(outbox)


def _mend(folder: Path, contents: dict[str, bytes]) -> None:
    """Put back, each at once, what is missing of a day already written, or was changed."""
    for path, content in contents.items():
        (folder / path).parent.mkdir(exist_ok=True, mode=0o700)
        fresh = folder / f"{path}.new"
        _write(fresh, content)
        os.rename(fresh, folder / path)


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    _to_disk(path)


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _published_on() -> date:
    now = snapshot.current()
    if now is None:
        raise OutboundRefused("公開したデータがまだありません。連携を取り込んでから実行してください。")
    return now.business_date


def main(arguments: list[str]) -> int:
    """Write the outbound files of the named business dates in order, or of the published day; stop at the first refusal.

    Exit code 0: written, now or before · 1: refused · 2: asked wrongly."""
    if "--help" in arguments:
        print(HELP)
        return 0
    try:
        days = [date.fromisoformat(text) for text in arguments] or [_published_on()]
    except ValueError:
        print("業務日を 2026-10-30 の形で、実在する日で指定してください。")
        return 2
    except (OutboundRefused, snapshot.SnapshotRefused) as error:
        print(error)
        return 1
    if not inspect(store.engine()).has_table("event"):
        print("台帳がまだありません。コンソールを一度起動してから、もう一度実行してください。")
        return 1
    for text in (day.isoformat() for day in days):
        try:
            written = send_out(date.fromisoformat(text))
        except (OutboundRefused, snapshot.SnapshotRefused, log.AuditUnavailable) as error:
            print(f"{text}: {error}")
            return 1
        print(f"{text}: {len(written)} ファイルを書き出しました（{settings.outbox() / text}）。" if written else f"{text}: 書出済です。")
        for made in written:
            print(f"  {made.target.name} {made.file.label} {len(made.rows):,}件")
            if paid := [row for row in made.rows if row.get("paid_since_yen")]:
                print(f"  注意: うち{len(paid):,}件は、決裁の後に納付があります（決裁の後の納付額）。収納に計上しないよう伝え、「不納欠損」の画面から取消を起案してください。")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
