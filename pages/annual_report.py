"""年報・決算: one fiscal year as tables that add up, to read here and to take as PDF or Excel."""

import polars as pl
import streamlit as st

from auth.access import User
from data_access import annual_report, rate_footing
from pages.parts import filters, tables, wording
from pages.parts.export_part import export_part
from pages.parts.heading import heading
from pages.parts.passport_part import passport_part
from pages.parts.report_part import WHOLE_HEIGHT, checks_part, columns_told, release_part

YEARS = 6
WIDTHS = {"part": 96, "assessed_yen": 116, "received_yen": 116, "refund_due_yen": 96, "written_off_yen": 104, "outstanding_yen": 110, "settlement_rate": 114, "settlement_rate_change": 116,
          "annual_rate": 114, "whereabouts_unknown_yen": 150}
WIDE, UNRATED = {"part": 170}, (annual_report.LOST, annual_report.ACTIVITY)
SAME_AGE = "前年度との差は、前年度に同じ古さだった年度との差（令和6年度の行は、前年度の令和5年度と比べる）。"
ANNUAL = "収納率（年報） ＝（収納額 − 還付未済額） ÷（調定額 − 居所不明者分調定額）。"
NOTES = {
    annual_report.SETTLEMENT: "額は円。収納額は還付未済を含む収入済額。収納率（決算） ＝（収納額 − 還付未済額） ÷ 調定額。調定額 ＝ 収納額 − 還付未済額 ＋ 不納欠損額 ＋ 収入未済額。調定額は、後の更正も入った現在の額。",
    annual_report.LEVY_YEARS: "調定額は、年度初めに未納だった額（滞納繰越額）。",
    annual_report.DISTRICTS: "地区はいまの担当地区。現年分と滞納繰越分の計。",
    annual_report.METHODS: "現年分。納付方法は期別ごと。",
    annual_report.LOST: "その年度に計上した不納欠損。件数は期別ごと。",
    annual_report.ACTIVITY: "その年度に行われたもの。件数は督促状・口座振替・充当・欠損では期別ごと。",
}


def render(user: User) -> None:
    """The tables of the chosen year one under the other, whether they agree, and the way out as a file."""
    stands = heading("年報・決算", user, "市全域の集計。個人は出ない")
    years = {wording.fiscal(year): year for year in range(stands.fiscal_year - 1, stands.fiscal_year - YEARS, -1)} | {wording.fiscal(stands.fiscal_year): stands.fiscal_year}
    year = years[filters.choice("年度", list(years), key="report_year")]
    rows = annual_report.annual(user, year)
    if rows.filter(section=annual_report.SETTLEMENT).is_empty():
        st.info(f"{wording.fiscal(year)}の調定はありません。", icon=":material/info:")
        return
    with st.container(horizontal=True):
        for kind in ("annual_report_paper", "annual_report"):
            export_part(user, kind, annual_report.asked(year))
    if not rows["is_closed"][0]:
        st.info(f"{wording.fiscal(year)}は、まだ出納閉鎖（{wording.wareki(annual_report.closes_on(year))}）の前です。基準日までの額を示します。", icon=":material/info:")
    across = rate_footing.checks(rows, annual_report.SETTLEMENT, rate_footing.footing(user, year))
    checks_part(user, annual_report.checks(rows) + across)
    passport_part(user, "annual_report", annual_report.asked(year), rows, key="annual_report")
    for section, columns in annual_report.SECTIONS.items():
        own = rows.filter(section=section)
        if section == annual_report.LEVY_YEARS:
            own = own.with_columns(pl.Series("part", [wording.fiscal(int(part)) if part.isdecimal() else part for part in own["part"]], dtype=pl.String))
        if section == annual_report.DISTRICTS:
            own = own.with_columns(pl.col("part").str.replace("（.*$", ""))
        st.subheader(section, anchor=False)
        told = columns_told(own, columns)
        tables.show(own, told, empty="この年度にはありません。", alt=f"{section}の表", key=f"annual_{section}", widths=WIDE if section in UNRATED else WIDTHS,
                    most_height=WHOLE_HEIGHT, is_unit_said=section not in UNRATED)
        st.caption(NOTES[section] + (SAME_AGE if section == annual_report.LEVY_YEARS and "settlement_rate_change" in told else ""))
        if section == annual_report.SETTLEMENT:
            tables.show(own, columns_told(own, annual_report.ANNUAL), empty="", alt="年報の収納率の表", key="annual_rates", widths=WIDTHS, is_unit_said=True)
            st.caption(ANNUAL)
    release_part(user, stands, f"annual-{year}", year, may_be_final=rows["is_closed"][0])
