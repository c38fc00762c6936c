"""「数字の根拠」: one click from any figure to what it is, how it was asked, from which rows, and the same sum once more."""

import polars as pl
import streamlit as st

from auth.access import User
from data_access.contract import labels
from data_access.metric import Metric
from data_access.passport import Passport, again, passport

TITLE = "数字の根拠"
MOST_NAMED = 20  # of a list among the choices


def passport_part(user: User, question: str, params: dict[str, object], answer: pl.DataFrame, *, key: str, title: str = TITLE) -> None:
    """A button beside the figures of one answer; what it opens is only made when it is open."""
    opened = st.popover(title, icon=":material/fact_check:", key=f"passport_{key}", on_change="rerun", type="tertiary")
    if not opened.open:
        return
    with opened:
        found = passport(question, params, answer)
        titles = {metric.title: (column, metric) for column, metric in found.metrics.items()}
        chosen = st.selectbox("数字", list(titles), key=f"metric_{key}")
        column, metric = titles[chosen]
        _what(metric, column)
        _how(found)
        if st.button("もう一度計算", icon=":material/replay:", key=f"again_{key}"):
            _once_more(user, found)


def _what(metric: Metric, column: str) -> None:
    st.markdown(f"**定義**　{metric.definition}  \n**根拠**　{metric.article}  \n**含むもの**　{'、'.join(metric.includes)}  \n"
                f"**含まないもの**　{'、'.join(metric.excludes)}  \n**列**　{labels()[column].text if column in labels() else column}")


def _how(found: Passport) -> None:
    choices = "、".join(f"{name} = {_chosen(value)}" for name, value in found.params.items()) or "なし"  # as the text below has them
    sources = "、".join(f"{label} {rows:,}行" for label, rows in found.sources.items())
    st.caption(f"問い {found.question}（答え {found.row_count:,}行）  \n条件 {choices}  \n元の表 {sources}  \nデータ {found.snapshot_id}（SHA-256 {found.snapshot_sha256[:16]}…）  \n"
               f"法令の版 {found.law_version[:16]}　答えの照合番号 {found.digest[:16]}")
    st.code(found.sql, language="sql", height=220)


def _chosen(value: object) -> str:
    """A choice in words; of a list of people (a 試行) only how many they are."""
    if value is None:
        return "すべて"
    if isinstance(value, dict):
        return "・".join(f"{name} {_chosen(each)}" for name, each in value.items()) or "なし"
    if isinstance(value, list | tuple) and len(value) > MOST_NAMED:
        return f"{len(value):,}件"
    return "・".join(map(str, value)) or "なし" if isinstance(value, list | tuple) else str(value)


def _once_more(user: User, found: Passport) -> None:
    result = again(user, found)
    if result.is_same:
        st.success(f"同じデータから計算し直し、同じ答えになりました（{result.row_count:,}行、照合番号 {result.digest[:16]}）。", icon=":material/check_circle:")
    else:
        st.error(f"計算し直した答えが、画面の答えと違います（{found.row_count:,}行 → {result.row_count:,}行）。この数字を使う前に、画面を開き直して確かめてください。", icon=":material/error:")
