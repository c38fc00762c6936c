"""確定した報告の保管: the PDF of a 月次報告 or 年報, made once from a snapshot and kept for good beside what it was made from.

final_reports/<report>-<first letters of its SHA-256>.pdf with the same name .json beside it. A file is never written over: the
same snapshot makes the same bytes, and other bytes have another name. Which of them is final stands in the ledger
(casework/report_release.py): two people have agreed to its digest.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

import settings
from audit import log, refusal
from auth.access import User
from data_access import annual_report, monthly_report
from data_access.approved import approved, approved_each, waiting_each
from data_access.export_kind import kinds
from data_access.paper_content import content
from data_access.query import standing
from documents.paper import paper

MATTER, LETTERS = "report_release", 12


class ReportRefused(Exception):
    """この報告は保管できない・読めない。The text says why and what to do."""


@dataclass(frozen=True)
class Kept:
    """One kept file: the report (monthly-2026-10, annual-2025), its file's name, digest, 基準日, snapshot, who had it made."""

    report: str
    name: str
    sha256: str
    as_of: str
    snapshot_id: str
    made_by: str


def folder() -> Path:
    """Where the files are."""
    return settings.home() / "final_reports"


def make(user: User, fiscal_year: int | None = None) -> Kept:
    """Make and keep the 月次報告 of the month of the day looked at, or with `fiscal_year` that year's 年報.

    Raises NotAllowed, AuditUnavailable, and ReportRefused when its tables do not agree, the year is still open or its file cannot be written."""
    refusal.check_allowed(user, "report.propose")
    stands = standing()
    if fiscal_year is None:
        rows, kind, report = monthly_report.monthly(user), "monthly_report_paper", f"monthly-{stands.as_of:%Y-%m}"
        broken = [check for check in monthly_report.checks(rows) if check.difference_yen]
    else:
        rows, kind, report = annual_report.annual(user, fiscal_year), "annual_report_paper", f"annual-{fiscal_year}"
        broken = [check for check in annual_report.checks(rows) if check.difference_yen]
        if rows.is_empty() or not rows["is_closed"][0]:
            raise ReportRefused("出納閉鎖の前の年度は確定できません。出納閉鎖の後の基準日で開いてください。")
    if broken:
        raise ReportRefused("報告の表どうしが合わないため、確定できません。" + "、".join(check.says for check in broken))
    wanted = kinds()[kind]
    made = paper(wanted.paper, *content(wanted.label, rows.select(wanted.columns)))
    digest = hashlib.sha256(made).hexdigest()
    kept = Kept(report, f"{report}-{digest[:LETTERS]}", digest, stands.as_of.isoformat(), stands.snapshot_id, user.name)
    log.append(actor=user.name, action="report.keep", snapshot_id=stands.snapshot_id, row_count=rows.height, detail={"report": report, "sha256": digest})
    _write(kept, made)
    return kept


def every(prefix: str) -> list[Kept]:
    """What is kept of the reports whose name begins so, the newest 基準日 first."""
    found = [kept for path in sorted(folder().glob(f"{prefix}*.json")) if (kept := _kept(path))]
    return sorted(found, key=lambda kept: (kept.as_of, kept.name), reverse=True)


def lost(prefix: str) -> list[str]:
    """The reports that two people have made final and whose file is not there any more, or not readable."""
    there = {kept.sha256 for kept in every(prefix)}
    return sorted(report for report, digest in finals().items() if report.startswith(prefix) and digest not in there)


def finals() -> dict[str, str]:
    """Each report that is final → its digest, as `final` tells of one."""
    return {report: agreed[-1].content["sha256"] for report, agreed in approved_each(MATTER).items() if agreed}


def final(report: str) -> str | None:
    """The digest to which two people have agreed last; None before."""
    agreed = approved(MATTER, report)
    return agreed[-1].content["sha256"] if agreed else None


def awaited(prefix: str = "") -> dict[str, tuple[str, str]]:
    """Each report (monthly-2026-10) that somebody has asked to make final and nobody has approved or declined yet → its digest, and who asked."""
    return {report: (said["sha256"], actor) for report, (said, actor) in waiting_each(MATTER).items() if report.startswith(prefix)}


def listed(name: str, *, is_awaited: bool = False) -> pl.DataFrame:
    """The one row of a final report (of one that is `awaited` when `is_awaited`), as an order of it counts it; none when it is not."""
    rows = [{"report": kept.report, "as_of": kept.as_of, "fingerprint": kept.sha256} for kept in every("") if kept.name == name and kept.sha256 == _agreed(kept.report, is_awaited)]
    return pl.DataFrame(rows, schema=dict.fromkeys(("report", "as_of", "fingerprint"), pl.String))


def _agreed(report: str, is_awaited: bool) -> str | None:
    return awaited(report).get(report, (None, ""))[0] if is_awaited else final(report)


def read(name: str, *, is_awaited: bool = False) -> bytes:
    """The bytes of one kept file, for who is to approve it when `is_awaited`. Raises ReportRefused when it is not there, not final (not
    awaited), or not what was agreed to (asked for) any more."""
    found = next((kept for kept in every("") if kept.name == name), None) if "/" not in name else None
    if is_awaited and (found is None or found.sha256 != _agreed(found.report, True)):
        raise ReportRefused("この報告は、確定の承認を待っていません。画面を開き直してください。")
    if found is None or found.sha256 != _agreed(found.report, is_awaited):
        raise ReportRefused("この報告は、保管されていないか、確定していません。画面を開き直してください。")
    if (damaged := damage(found)) is not None:
        raise ReportRefused(damaged)
    return (folder() / f"{name}.pdf").read_bytes()


def damage(kept: Kept) -> str | None:
    """What is wrong with a kept file, in a sentence; None when it is as it was made."""
    try:
        found = hashlib.sha256((folder() / f"{kept.name}.pdf").read_bytes()).hexdigest()
    except OSError:
        found = ""
    return None if found == kept.sha256 else f"保管した報告 {kept.name}.pdf が、確定したときの中身ではありません（指紋が違うか、読めません）。使わずに、システム管理者に連絡してください。控えから戻せます。"


def _kept(path: Path) -> Kept | None:
    try:
        return Kept(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):  # `lost` tells of it, if it was final
        return None


def _write(kept: Kept, made: bytes) -> None:
    try:
        folder().mkdir(parents=True, exist_ok=True, mode=0o700)
        for suffix, body in ((".pdf", made), (".json", json.dumps(asdict(kept), ensure_ascii=False).encode())):
            target = folder() / f"{kept.name}{suffix}"
            if target.exists() and hashlib.sha256(target.read_bytes()).digest() == hashlib.sha256(body).digest():
                continue
            if suffix == ".json" and _kept(target):
                continue  # somebody had the same bytes made before
            fresh = target.with_suffix(f"{suffix}.new")
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            os.replace(fresh, target)
    except OSError as failure:
        raise ReportRefused(f"報告を保管できませんでした（{failure.strerror}）。置き場の空きと書込みの権限を確かめて、もう一度押してください。") from None
