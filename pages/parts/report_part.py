"""What stands on every report: whether its tables agree, and the way to have it made final and to take the final one away."""

import polars as pl
import streamlit as st

from auth.access import User, decide, rounded_to
from casework import report_release
from casework.approval import undeclined
from casework.ledger import Event
from data_access import report_archive
from data_access.monthly_report import Check
from data_access.query import Standing
from pages.parts import filters, tables, wording
from pages.parts.approval_form import events, history, propose_form, told, waiting_part
from pages.parts.export_part import export_part

WHOLE_HEIGHT = 1_440  # of a table of a report: read from top to bottom, and never scrolled
COLUMNS = ["report_period", "report_state", "as_of_day", "agreed_by", "fingerprint"]
FINAL, DRAFT, WAITING, DAMAGED, OTHER = "確定", "作成済（確定前）", "承認を待つ", "破損", "確定版ではない"
APPLIED = "確定しました。下の一覧から受け取れます。"


def checks_part(user: User, found: list[Check]) -> None:
    """Every way in which the tables were compared; in red, and first, when one differs. Not of rounded amounts, which need not add up."""
    if rounded_to(user) != 1:
        st.caption("検算は円単位の額で行うもので、丸めた額の表には出しません。各行の計と合計は、丸めのために千円単位で合わないことがあります。期・地区などの行の還付未済・欠損・未済は、1人の額が分かるので示しません。")
        return
    broken = [check for check in found if check.difference_yen]
    if broken:
        st.error("報告の表どうしが合いません。合うまで、この報告を使わないでください。\n" + "\n".join(f"- {check.says}　差 {wording.yen(check.difference_yen)}" for check in broken),
                 icon=":material/error:")
        return
    with st.expander(f"検算　{len(found)} 項目すべて差 0 円", icon=":material/task_alt:"):
        st.text("\n".join(check.says for check in found))


def columns_told(own: pl.DataFrame, columns: list[str]) -> list[str]:
    """Without the amounts and rates of which this reader is told nothing in any line of a section (of a part: whoever sees rounded amounts)."""
    return [name for name in columns if not (name.endswith(("_yen", "_rate", "rate_change")) and own.height and own[name].null_count() == own.height)]


def release_part(user: User, stands: Standing, report: str, fiscal_year: int | None = None, *, may_be_final: bool = True) -> None:
    """確定: the steps of the report shown (`report`: monthly-2026-10, annual-2025), and every kept report of its kind."""
    if not decide(user, "report.archive").allowed:
        return
    matter = report_release.matter(report)
    st.subheader("報告の確定と保管", anchor=False)
    happened = events(matter)
    told(matter)
    standing = undeclined(matter, happened)
    is_waiting = bool(standing) and standing[-1].kind == matter.proposal
    for other in sorted({*report_archive.awaited(report.partition("-")[0]), *([report] if is_waiting else [])}, key=lambda other: (other != report, other)):
        _awaited(user, other)
    if may_be_final and decide(user, "report.propose").allowed and stands.is_newest:
        with st.expander(f"{_period(report)}の報告を確定する", icon=":material/verified:", key=f"release_{report}_{len(happened)}"):
            st.caption("いま見ている基準日の報告を PDF にして保管し、課長の承認を求めます。確定した PDF は、後でデータが変わっても同じものを受け取れます。")

            def asked(who: User, **fields: object) -> Event:
                kept = report_archive.make(who, fiscal_year)
                return report_release.propose(who, report=kept.report, sha256=kept.sha256, snapshot_id=kept.snapshot_id, **fields)

            propose_form(matter, report, asked, len(happened), button="確定を求める", replaces=is_waiting)
    _archive(user, report.partition("-")[0])
    history(matter, happened, _describe)


def awaited_of(user: User) -> list[tuple[str, str]]:
    """For ホーム: what to say of each report whose 確定 waits for this person, and the page on which it is decided."""
    if not decide(user, "report.approve").allowed:
        return []
    kinds = {"monthly": ("月次報告", "monthly_report"), "annual": ("年報・決算", "annual_report")}
    return [(f"{kinds[report.partition('-')[0]][0]}（{_period(report)}）の確定が、あなたの承認を待っています", kinds[report.partition("-")[0]][1])
            for report, (_, actor) in sorted(report_archive.awaited().items()) if actor != user.name]


def _awaited(user: User, report: str) -> None:
    """A report that waits, of whichever month or year: its PDF to be read first, and the decision."""
    matter = report_release.matter(report)
    proposed = (undeclined(matter, events(matter)) or [None])[-1]
    if proposed is None or proposed.kind != matter.proposal:
        return
    if proposed.actor != user.name and decide(user, matter.approve_action).allowed:
        name = next((kept.name for kept in report_archive.every(report) if kept.sha256 == proposed.payload["sha256"]), None)
        if name is None:
            st.error(f"確定を待つ報告（{_period(report)}）のファイルが、保管場所にありません。差し戻して、もう一度求めてもらってください。", icon=":material/error:")
        else:
            st.caption(f"確定する{_period(report)}の報告は、この PDF です。読んでから承認してください（5分以内、1回だけのリンク。押すたびに記録されます）。")
            export_part(user, "awaited_report", {"report": name})
    waiting_part(user, matter, proposed, _describe(proposed), lambda who, **fields: report_release.approve(who, report=report, **fields), APPLIED)


def _archive(user: User, prefix: str) -> None:
    kept, waiting = report_archive.every(prefix), {digest for digest, _ in report_archive.awaited(prefix).values()}
    if gone := report_archive.lost(prefix):
        st.error(f"確定した報告のファイルが、保管場所にありません（{'、'.join(map(_period, gone))}）。控えから戻すよう、システム管理者に連絡してください。", icon=":material/error:")
    final = report_archive.finals()
    rows = [{"report_period": _period(each.report), "report_state": _state(each, final.get(each.report), waiting), "as_of_day": each.as_of, "agreed_by": each.made_by,
             "fingerprint": each.sha256} for each in kept]
    tables.show(pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String)), COLUMNS, empty="保管した報告はまだありません。", alt="保管した報告の表。新しいものから", key=f"archive_{prefix}")
    ready = {f"{_period(each.report)}（基準日 {each.as_of}）": each.name for each, row in zip(kept, rows, strict=True) if row["report_state"] == FINAL}
    if ready:
        chosen = filters.choice("受け取る報告", list(ready), key="archived")
        export_part(user, "archived_report", {"report": ready[chosen]})


def _state(each: report_archive.Kept, final: str | None, waiting: set[str]) -> str:
    if report_archive.damage(each):
        return DAMAGED
    if each.sha256 == final:
        return FINAL
    if each.sha256 in waiting:
        return WAITING
    return DRAFT if final is None else OTHER


def _period(report: str) -> str:
    year, _, month = report.partition("-")[2].partition("-")
    return f"{wording.fiscal(int(year)).removesuffix('度')}{int(month)}月" if month else wording.fiscal(int(year))


def _describe(event: Event) -> str:
    said = event.payload
    if "sha256" in said:
        return f"{_period(said['report'])}　指紋 {said['sha256'][:16]}　データ {said['snapshot_id']}"
    return "最新の求めを承認" if event.kind.endswith("_approval") else "最新の求めを差戻し・取下げ"
