"""連携状況: what each system announced and sent, what was refused and why, what is published."""

import polars as pl
import streamlit as st

from auth.access import User, decide
from data_access.query import ask
from pages.parts import tables, wording
from pages.parts.export_part import export_part
from pages.parts.heading import heading

MARKS = {"公開": "公開", "拒否": "拒否（前のデータを表示中）", "取込済": "取込済"}


def render(user: User) -> None:
    """The last intakes, newest first; the files and problems of the chosen one."""
    heading("連携状況", user)
    history = ask(user, "intake_history")
    if history.is_empty():
        st.info("取込の記録はまだありません。", icon=":material/inbox:")
        return
    last = history.row(0, named=True)
    if last["outcome"] == "拒否":
        st.error(f"{wording.in_wareki(last['business_date'])} の連携は受け入れられませんでした。前に公開したデータをそのまま表示しています。", icon=":material/error:")
    if not decide(user, "feed.detail").allowed:
        st.caption("連携ファイルの詳細は、係長・課長・システム管理者が確認します。")
        return
    st.subheader("取込の記録", anchor=False)
    days = history["business_date"].map_elements(wording.in_wareki, return_dtype=pl.String)
    tables.show(history.with_columns(business_date=days), ["started_at", "business_date", "outcome", "snapshot_id"], empty="", alt="取込の記録の表")
    started_at = st.selectbox("詳しく見る取込", history["started_at"].to_list(), key="intake",
                              format_func=lambda start: _name(history, start))
    _detail(user, started_at)


def _name(history, started_at: str) -> str:
    row = next(row for row in history.iter_rows(named=True) if row["started_at"] == started_at)
    return f"{wording.in_wareki(row['business_date'])}　{MARKS.get(row['outcome'], row['outcome'])}　{wording.clock(started_at)}"


def _detail(user: User, started_at: str) -> None:
    problems = ask(user, "intake_problems", started_at=started_at)
    if problems.height:
        st.subheader(f"不備 {problems.height:,}種類", anchor=False)
        told = problems.with_columns(pl.col("sentence").str.replace(r"^.*?: ", ""))  # the place stands in columns of its own
        tables.show(told, ["system", "file", "row", "column", "count", "sentence"], empty="", alt="不備の表。どのファイルの何行目の何が、なぜ")
        export_part(user, "feed_check", {"started_at": started_at})
    st.subheader("届いたファイル", anchor=False)
    tables.show(ask(user, "intake_files", started_at=started_at),
                ["system_name", "label", "file", "mode", "sequence", "row_count", "totals", "problem_count"],
                empty="確かめられたファイルはありません。", alt="連携ファイルの表")
