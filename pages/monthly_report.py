"""月次報告: the month of the day looked at, as tables that add up, to read here and to take as PDF or Excel."""

import streamlit as st

from auth.access import User, rounded_to
from data_access import monthly_report
from data_access.query import kept
from pages.parts import tables, wording
from pages.parts.export_part import export_part
from pages.parts.heading import heading

WIDTHS = {"part": 180, "rate_change": 118}
NOTES = {
    monthly_report.RATES: "収納額は会計年度の本料。還付未済を含む収入済額から還付未済を除いたのが決算の収納で、率は前年の同じ日と比べるため含めたまま。増減は前年同日の率との差（前年同日の率は PDF と Excel にある）。",
    monthly_report.INSTALLMENTS: "調定年度が今年度の期別。",
    monthly_report.DISTRICTS: "地区はいまの担当地区。特別管理は、地区に含めない人の計。",
    monthly_report.MONTHS: "収入日の月。今年度の会計に入った本料（出納整理期間は翌年5月まで）。",
    monthly_report.STANDING: "納期限を過ぎた未納の本料。",
    monthly_report.ACTIVITY: "基準日の月に行われたもの（基準日まで）と、前年同月（月の全体）、今年度の累計。件数は督促状・口座振替・充当・欠損では期別ごと。",
}


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
    if rounded_to(user) == 1:
        _checks(rows)
    else:
        st.caption("検算は円単位の額で行うもので、丸めた額の表には出しません。各行の計と合計は、丸めのために千円単位で合わないことがあります。")
    for section, columns in monthly_report.SECTIONS.items():
        own = rows.filter(section=section)
        st.subheader(section, anchor=False)
        if section == monthly_report.MONTHS:
            own = own.with_columns(part=own["month"].map_elements(wording.short_month, return_dtype=own["part"].dtype).fill_null(own["part"]))
            columns = ["part", *columns[1:]]
        tables.show(own, columns, empty="この月にはありません。", alt=f"{section}の表", key=f"report_{section}", widths=WIDTHS)
        st.caption(NOTES[section])


def _checks(rows) -> None:
    found = monthly_report.checks(rows)
    broken = [check for check in found if check.difference_yen]
    if broken:
        st.error("報告の表どうしが合いません。合うまで、この報告を使わないでください。\n" + "\n".join(f"- {check.says}　差 {wording.yen(check.difference_yen)}" for check in broken),
                 icon=":material/error:")
        return
    with st.expander(f"検算　{len(found)} 項目すべて差 0 円", icon=":material/task_alt:"):
        st.text("\n".join(check.says for check in found))
