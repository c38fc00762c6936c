"""What may be written out (export.toml), whether somebody has to approve it, and the bytes: CSV or Excel of a list, or
the paper.

Rows come from `ask` at the moment of fetching, so that the right, the scope and the masks of that moment hold.
"""

import csv
import io
from collections.abc import Mapping
from zoneinfo import ZoneInfo

import polars as pl

import settings
from audit import refusal
from audit.spreadsheet import safe
from auth import export_order
from auth.access import User
from auth.export_order import Order, OrderRefused
from auth.export_route import File, FileRefused
from auth.reveal import RevealRefused, check_reason
from data_access import analysis, analysis_release, feed_status, intake_account, report_archive, statement
from data_access.contract import labels
from data_access.export_kind import Kind, filter_names, kinds, limits
from data_access.paper_content import content
from data_access.query import SnapshotRefused, ask, standing
from data_access.sealed import sealed
from data_access.snapshot import find
from data_access.statement import StatementRefused
from data_access.workbook import workbook
from documents.paper import paper
from law.fiscal_year import called

BOM = "\ufeff"
FEED_DETAIL, ANALYSIS, STATEMENT, AWAITED = "feed_detail", "analysis", "analysis_statement", "awaited_report"
CUT = "結果が1万行を超えているため書き出せません。group by や limit で小さくして、もう一度実行してください。"
OLD_RELEASE = "アドホック分析の月が替わりました。画面を開き直して、もう一度書き出してください。"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def order(user: User, kind_name: str, filters: Mapping[str, object], *, is_masked: bool, purpose: str, reason: str) -> Order:
    """Check and place an order over the snapshot shown. Raises NotAllowed, OrderRefused, AuditUnavailable."""
    kind = kinds()[kind_name]
    refusal.check_allowed(user, kind.action)
    if filters.keys() != set(kind.filters) or purpose not in kind.purposes:
        raise OrderRefused("使用目的を選んでください。選んであるときは、画面を開き直してください。")
    try:
        check_reason(reason)
    except RevealRefused as refused:
        raise OrderRefused(str(refused)) from None
    snapshot_id = analysis_release.newest().snapshot_id if kind.question in (ANALYSIS, STATEMENT) else standing().snapshot_id
    limit = limits()[user.role]
    try:
        count = _rows(user, kind, filters, is_masked, snapshot_id).height
    except StatementRefused as refused:
        raise OrderRefused(str(refused)) from None
    if count == 0:
        raise OrderRefused("書き出す行がありません。条件を変えてください。")
    if count > limit["most"]:
        refusal.record(actor=user.name, question=kind.action, reason="上限を超える行の書出し")
        raise OrderRefused(f"{limit['most']:,}行を超えるため書き出せません。地区や名簿で絞り込んでください。")
    needs_approval = count > limit["free"] or not is_masked  # whoever sees names masked may be reading this person's by a 一時解除
    return export_order.place(user, kind=kind.name, parameters=filters, is_masked=is_masked, purpose=purpose, reason=reason.strip(),
                              snapshot_id=snapshot_id, row_count=count, needs_approval=needs_approval)


def narrowed_to(wanted: Order) -> str:
    """To what an order is narrowed, in words for whoever approves it: 地区 D01・並び順 急ぐ順."""
    chosen = ((name, value) for name, value in wanted.parameters.items() if value not in (None, "", [], {}))
    return "・".join(f"{filter_names()[name]} {_as_text(value)}" for name, value in chosen) or "絞込みなし"


def _as_text(value: object) -> str:
    if isinstance(value, Mapping):
        return "、".join(f"{key}＝{_as_text(part)}" for key, part in value.items())
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def make(user: User, wanted: Order, *, is_workbook: bool = False, password: str = "") -> File:
    """The file of an order: CSV, Excel when `is_workbook`, or the paper of its kind. A list with names in clear is in a ZIP that opens
    with `password` only. Raises NotAllowed, FileRefused, AuditUnavailable."""
    kind = kinds()[wanted.kind]
    refusal.check_allowed(user, kind.action)
    if not wanted.is_masked and not wanted.approved_by:
        refusal.record(actor=user.name, question=kind.action, reason="承認のない、伏せない書出し")
        raise FileRefused("氏名を伏せない書出しには承認が要ります。もう一度書き出してください。")
    try:
        rows = _rows(user, kind, wanted.parameters, wanted.is_masked, wanted.snapshot_id)
        digest = find(wanted.snapshot_id).digest
    except (SnapshotRefused, StatementRefused) as refused:
        raise FileRefused(str(refused)) from None
    if rows.height > max(wanted.row_count, 0 if wanted.needs_approval else limits()[user.role]["free"]):
        raise FileRefused("注文したときより行が増えています。もう一度書き出してください。")
    if kind.kept:
        return _archived(wanted)
    refs = tuple(rows["atena_ref"].unique()) if "atena_ref" in rows.columns else ()
    if kind.paper:
        return File(f"{kind.label}_{wanted.id[:8]}.pdf", paper(kind.paper, *content(kind.label, rows.select(kind.columns))), rows.height, refs, "application/pdf")
    name, listed, footer = f"{kind.label}_{wanted.id[:8]}", rows.select(kind.columns or rows.columns), _footer(user, wanted, rows.height, digest)
    if is_workbook:
        printed = f"書出し番号 {wanted.id}　{user.name}　{dict(footer)['日時']}　目的外利用禁止"
        file = File(f"{name}.xlsx", workbook(kind.label, _heads(listed), _in_eras(listed) if kind.columns else listed, footer, printed), rows.height, refs, XLSX)
    else:
        file = File(f"{name}.csv", _csv(listed, footer), rows.height, refs)
    return file if wanted.is_masked else File(f"{name}.zip", sealed(file.name, file.content, password), file.row_count, refs, "application/zip")


def _rows(user: User, kind: Kind, filters: Mapping[str, object], is_masked: bool, snapshot_id: str) -> pl.DataFrame:
    if kind.question == FEED_DETAIL:  # no person in it, and no snapshot: what an intake told
        told = feed_status.told_of(user, str(filters["report_id"]))
        return pl.DataFrame(schema=intake_account.PROBLEM) if told is None else intake_account.problems(told)
    if kind.kept:
        return report_archive.listed(str(filters["report"]), is_awaited=kind.name == AWAITED)
    if kind.question == ANALYSIS:  # sums over released parts
        of, found = analysis.answer(user, analysis.from_plain(filters))
        if of.snapshot_id != snapshot_id:
            raise SnapshotRefused(OLD_RELEASE)
        return analysis.rest_named(found)
    if kind.question == STATEMENT:  # whatever it says, it says it of released parts; run once more, and on record once more
        ran = statement.run(user, statement.body_of(user, str(filters["statement"])))
        if ran.layer.snapshot_id != snapshot_id:
            raise SnapshotRefused(OLD_RELEASE)
        if ran.is_cut:
            raise StatementRefused(CUT)
        return ran.rows
    sized = {"page_size": limits()[user.role]["most"] + 1} if "skipped" in kind.fixed else {}
    return ask(user, kind.question, snapshot_id=snapshot_id, is_masked=is_masked, **filters, **kind.fixed, **sized)


def _archived(wanted: Order) -> File:
    """The bytes of a report that two people have made final, or that is to be: as they were then, not made anew."""
    name = str(wanted.parameters["report"])
    try:
        return File(f"{name}.pdf", report_archive.read(name, is_awaited=wanted.kind == AWAITED), 1, (), "application/pdf")
    except report_archive.ReportRefused as refused:
        raise FileRefused(str(refused)) from None


def _csv(rows: pl.DataFrame, footer: list[tuple[str, str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_heads(rows))
    writer.writerows([safe(cell) for cell in row] for row in rows.iter_rows())
    writer.writerow([])
    writer.writerows([[safe(cell) for cell in line] for line in footer])
    return (BOM + text.getvalue()).encode("utf-8")


def _in_eras(rows: pl.DataFrame) -> pl.DataFrame:
    """For people to read, as the screen and the paper have it: 令和7年度, also where a 相当年度 is a line of a report. A CSV keeps 2025."""
    years = [name for name in rows.columns if name in labels() and labels()[name].unit == "year"]
    if {"section", "part"} <= set(rows.columns):
        rows = rows.with_columns(pl.when(pl.col("section").str.starts_with("相当年度")).then("part").alias("_year"))
        named = [called(int(year)) if year and year.isdecimal() else part for year, part in zip(rows["_year"], rows["part"], strict=True)]
        rows = rows.drop("_year").with_columns(pl.Series("part", named, dtype=pl.String))
    return rows.with_columns(pl.Series(name, [None if year is None else called(int(year)) for year in rows[name]], dtype=pl.String) for name in years)


def _heads(rows: pl.DataFrame) -> list[str]:
    """As the office calls them; what an analyst has named in a SELECT keeps that name."""
    return [labels()[name].text if name in labels() else safe(name) for name in rows.columns]


def _footer(user: User, wanted: Order, count: int, digest: str) -> list[tuple[str, str]]:
    at = settings.now().astimezone(ZoneInfo("Asia/Tokyo")).strftime("%Y-%m-%d %H:%M:%S")
    return [("書出し番号", wanted.id), ("利用者", f"{user.name} {user.display_name}"), ("日時", at), ("スナップショット", wanted.snapshot_id),
            ("スナップショットの SHA-256", digest), ("行数", f"{count}行"), ("使用目的", wanted.purpose), ("承認", wanted.approved_by or "不要"),
            *([("SELECT文の番号", str(wanted.parameters["statement"]))] if wanted.kind == STATEMENT else []), ("注意", "目的外利用禁止")]
