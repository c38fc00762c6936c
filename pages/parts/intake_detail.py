"""One intake in full: what was wrong, where rows and yen went, which files came, and the 連携検査結果 for the sender."""

import polars as pl
import streamlit as st

from auth.access import User
from data_access import feed_status, intake_account
from data_access.report import Report
from pages.parts import filters, tables, wording
from pages.parts.export_part import export_part

READ = "problem_read"
VIEWS = ("不備", "件数と合計", "ファイル", "連携検査結果")


def intake_detail(user: User, report_id: str) -> None:
    """The chosen intake, by views. A report that is gone is said so."""
    told = feed_status.told_of(user, report_id)
    if told is None:
        st.info("この取込の記録はもうありません。一覧から選び直してください。", icon=":material/info:")
        return
    tables.show(intake_account.by_system(told), ["system_name", "due", "came", "row_count", "loaded", "quarantined_count", "external_count", "problem_count"],
                empty="この取込で読めた連携はありません。", alt="システムごとに、届いた表と、件数・取込・隔離の表", key="intake_systems")
    st.caption("件数 = 取込 + 隔離。公開しなかった取込で数えていないものは — です。")
    view = st.segmented_control("見るもの", VIEWS, default=VIEWS[0], key="intake_view", required=True, label_visibility="collapsed")
    {"不備": _problems, "件数と合計": _accounts, "ファイル": _files, "連携検査結果": _checked}[view](told)
    if view == VIEWS[0] and told.problems:
        export_part(user, "feed_check", {"report_id": told.id})


def _problems(told: Report) -> None:
    found = intake_account.problems(told)
    said = found.with_columns(found["sentence"].map_elements(wording.in_wareki, return_dtype=pl.String))
    tables.show(said, ["severity", "system", "sentence", "count", "file", "row", "column"],
                empty="不備はありません。", alt="不備の表。重いものから。どのファイルの何行目の何が、なぜ", key=f"intake_problems_{told.id}",
                on_choose=lambda row: st.session_state.update({READ: (told.id, row)}))
    if found.is_empty():
        return
    report_id, row = st.session_state.get(READ, (told.id, 0))
    whole = said.row(row if report_id == told.id and row < said.height else 0, named=True)
    st.caption("表の行を押すと、ここに全文が出ます。")
    st.text(f"{whole['severity']}　{whole['system']}　{whole['file']}\n{whole['sentence']}")


def _accounts(told: Report) -> None:
    tables.show(intake_account.totals(told), ["system_name", "label", "item", "announced_yen", "loaded_yen", "aside_yen", "unreadable_count"],
                empty="管理合計のあるファイルはありません。", alt="管理合計の表。予定と、取込と隔離の額", key="intake_totals")
    st.markdown("**隔離した行の理由**")
    tables.show(intake_account.aside(told), ["system_name", "label", "rule", "count"], empty="隔離した行はありません。", alt="隔離した行の理由ごとの件数", key="intake_aside")


def _files(told: Report) -> None:
    tables.show(intake_account.files(told),
                ["system_name", "label", "file", "mode", "sequence", "row_count", "loaded", "quarantined_count", "external_count", "problem_count"],
                empty="確かめられたファイルはありません。", alt="連携ファイルの表", key="intake_files")


def _checked(told: Report) -> None:
    names = intake_account.checked_systems(told)
    if not names:
        st.info("システムごとの検査結果はありません。", icon=":material/info:")
        return
    code = filters.choice("システム", list(names), key="checked_system", format_func=lambda code: names.get(code, code))
    st.caption("送信元にこのまま渡せる内容です。個人の値は入っていません。この日の最後の取込の分は、"
               f"サーバーの CONSOLE_HOME/reports/{intake_account.file_name(told, code)} にあります。")
    tables.show(intake_account.checked(told, code), ["outcome", "file", "rows", "column", "rule", "count", "remedy"],
                empty="検査結果はありません。", alt="連携検査結果の表", key="intake_checked")
