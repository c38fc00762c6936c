"""内訳 of 執行停止候補: where the candidates are, how old, how much; and which record the others lack."""

import polars as pl
import streamlit as st

from auth.access import User
from data_access.query import ask
from pages.parts import charts, filters, tables
from pages.parts.passport_part import passport_part

VERDICTS = ("該当の疑い", "資料不足")
DIMENSIONS = ("地区", "年齢", "滞納額")


def funnel(user: User, district: str | None) -> None:
    """The people of one verdict by one 分け方, 号 by 号 on one scale; then which records the 資料不足 lack."""
    left, right = st.columns(2)
    with left:
        verdict = filters.choice("内訳を見る判定", VERDICTS, key="funnel_verdict")
    with right:
        dimension = filters.choice("分け方", DIMENSIONS, key="funnel_dimension")
    found = ask(user, "suspension_breakdown", dimension=dimension, verdict=verdict, district=district)
    st.subheader(f"{verdict}の{dimension}別の人数", anchor=False)
    for ground in ("1号", "2号", "3号"):
        own = found.filter(pl.col("ground") == ground, pl.col("person_count").is_not_null())
        st.markdown(f"**{ground}**")
        if own.is_empty():
            st.caption("該当する人はいないか、10人未満です。" if found["person_count"].null_count() else "該当する人はいません。")
        else:
            charts.counts(own["part"].to_list(), own["person_count"].to_list(), unit="人", key=f"funnel_{ground}", most=found["person_count"].max(),
                          alt=f"{verdict}（{ground}）の{dimension}別の人数の横棒。値は下の表にある")
    tables.show(found, ["ground", "part", "person_count", "active_yen"], empty="この条件の候補はありません。",
                alt=f"{verdict}の{dimension}別の人数と額の表", most_height=300)
    if found.height:
        passport_part(user, "suspension_breakdown", dict(dimension=dimension, verdict=verdict, district=district), found, key="suspension_breakdown")
    _lacking(user, district)


def _lacking(user: User, district: str | None) -> None:
    st.subheader("資料不足の人に足りない資料", anchor=False)
    found = ask(user, "suspension_lacking", district=district)
    shown = found.drop_nulls("person_count")
    if shown.height:
        names = [f"{row['ground']}（{row['clause']}）{row['target']}：{row['finding']}" for row in shown.iter_rows(named=True)]
        charts.counts(names, shown["person_count"].to_list(), unit="人", key="lacking", alt="足りない資料ごとの人数の横棒。値は下の表にある")
    tables.show(found, ["ground", "clause", "target", "finding", "person_count"], empty="資料不足の人はいません。",
                alt="号・資料・足りない理由ごとの人数の表", most_height=300)
    st.caption("1人に足りない資料が2つあれば、両方に数えます。「期限切れ」「未回答」は照会すれば、「食い違い」（回答より新しい記録がほかのことを言う）はもう一度調べれば、「未確認」は担当者が確かめれば候補になることがあります。")
    if found["person_count"].null_count():
        st.caption("「—」は、10人未満の数か、示せばほかの値から10人未満の数が分かるものです。")
    if found.height:
        passport_part(user, "suspension_lacking", {"district": district}, found, key="suspension_lacking")
