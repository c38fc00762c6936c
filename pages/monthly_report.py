"""月次報告: the month of the day looked at, as tables that add up, to read here and to take as PDF or Excel."""

import polars as pl
import streamlit as st

from auth.access import User, decide, scope
from data_access import monthly_report, rate_footing
from data_access.query import kept
from pages.parts import tables, wording
from pages.parts.export_part import export_part
from pages.parts.heading import heading
from pages.parts.passport_part import passport_part
from pages.parts.report_part import WHOLE_HEIGHT, checks_part, columns_told, release_part

WIDTHS = {"part": 96, "assessed_yen": 116, "received_yen": 116, "refund_due_yen": 96, "written_off_yen": 104, "outstanding_yen": 110, "same_day_rate": 114, "rate_change": 116}
WIDE = {monthly_report.STANDING: {"part": 420}, monthly_report.ACTIVITY: {"part": 180}}
NOTES = {
    monthly_report.RATES: "額は円。収納額は会計年度の本料で、還付未済を含む。収納率（同日） ＝ 収納額 ÷ 調定額（前年の同じ日の還付未済が分からないので、含めたまま比べる）。増減は前年同日の率との差。調定額 ＝ 収納額 − 還付未済額 ＋ 不納欠損額 ＋ 収入未済額。",
    monthly_report.INSTALLMENTS: "調定年度が今年度の期別。",
    monthly_report.DISTRICTS: "地区はいまの担当地区。特別管理は、地区に含めない人の計。",
    monthly_report.MONTHS: "収入日の月。今年度の会計に入った本料（出納整理期間は翌年5月まで）。",
    monthly_report.STANDING: "納期限を過ぎた未納の本料。「時効の日を過ぎたもの」は早いほうの読みによる。不納欠損の候補の「要確認」（人が確かめるもの）より広い。",
    monthly_report.ACTIVITY: "基準日の月に行われたもの（基準日まで）と、前年同月（月の全体）、今年度の累計。件数は督促状・口座振替・充当・欠損では期別ごと。執行停止とその取消の金額は、対象の期別の、決定・取消の日の未納の本料。",
}

SETTLED = (monthly_report.RATES, monthly_report.INSTALLMENTS, monthly_report.DISTRICTS)
BEFORE = "前年同日の率は PDF と Excel にある。"
TOGETHER = "納めた人が10人未満の月は、人が分からないように次の月とまとめて示す（まとめた月の最後の月の行）。"


def render(user: User) -> None:
    """The tables one under the other, whether they agree, and the way out as a file."""
    stands = heading("月次報告", user, "市全域の集計。個人は出ない")
    rows = monthly_report.monthly(user)
    later = [each for each in kept() if (each.business_date.year, each.business_date.month) == (stands.as_of.year, stands.as_of.month) and each.business_date > stands.as_of]
    st.subheader(f"{wording.wareki(stands.as_of).split('月')[0]}月の報告（{stands.as_of.day}日現在）", anchor=False)
    with st.container(horizontal=True):
        for kind in ("monthly_report_paper", "monthly_report"):
            export_part(user, kind, {})
    if later:
        st.info("この月には、もっと新しい基準日のデータがあります。月の終わりの報告には、左の「基準日」でその月の最後の日を選んでください。", icon=":material/info:")
    across = rate_footing.checks(rows, monthly_report.RATES, rate_footing.footing(user, stands.fiscal_year))
    checks_part(user, monthly_report.checks(rows) + across)
    passport_part(user, "monthly_report", {}, rows, key="monthly_report")
    for section, columns in monthly_report.SECTIONS.items():
        own = rows.filter(section=section)
        st.subheader(section, anchor=False)
        if section == monthly_report.DISTRICTS:
            own = own.with_columns(pl.col("part").str.replace("（.*$", ""))
        if section == monthly_report.MONTHS:
            own = own.with_columns(part=own["month"].map_elements(wording.short_month, return_dtype=own["part"].dtype).fill_null(own["part"]))
            columns = ["part", *columns[1:]]
        tables.show(own, columns_told(own, columns), empty="この月にはありません。", alt=f"{section}の表", key=f"report_{section}", widths=WIDE.get(section, WIDTHS),
                    most_height=WHOLE_HEIGHT, is_unit_said=section in SETTLED)
        st.caption(NOTES[section] + (BEFORE if section == monthly_report.RATES and decide(user, "monthly_report.export").allowed else "") + (TOGETHER if section == monthly_report.MONTHS and scope(user) == "none" else ""))
    release_part(user, stands, f"monthly-{stands.as_of:%Y-%m}")
