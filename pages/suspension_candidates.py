"""執行停止候補: what the records say of 地方税法15条の7第1項, 号 by 号; a person decides."""

import streamlit as st

from auth.access import User, decide
from data_access.query import ask
from pages.parts import filters, tables, wording
from pages.parts.door import choose_case, go
from pages.parts.export_part import export_part
from pages.parts.heading import heading

PAGE_SIZE = 50
GROUNDS = {"1号": "滞納処分できる財産がない", "2号": "生活を著しく窮迫させるおそれ", "3号": "所在も財産もともに不明"}
VERDICTS = ("該当の疑い", "資料不足")
CHOSEN = "screened"


def render(user: User) -> None:
    """The funnel in numbers; for those who may, the candidates and the evidence of the one chosen."""
    heading("執行停止候補", user, "地方税法15条の7（国保法79条の2、地方自治法231条の3第3項による例）")
    district = filters.district(user)
    summary = ask(user, "suspension_summary", district=district)
    _funnel(summary)
    if decide(user, "suspension_candidate.read").allowed:
        _candidates(user, district)


def _funnel(summary) -> None:
    counts = {(row["ground"], row["verdict"]): row for row in summary.iter_rows(named=True)}
    for column, (ground, meaning) in zip(st.columns(3), GROUNDS.items(), strict=True):
        likely, lacking = (counts.get((ground, verdict), {"case_count": 0, "active_yen": 0}) for verdict in VERDICTS)
        with column, st.container(border=True):
            st.metric(f"{ground}　該当の疑い", wording.people(likely["case_count"]), help="全ての要件が、確認済みで古くない資料により満たされている人数")
            st.caption(f"{meaning}  \n該当の疑い {wording.yen(likely['active_yen'])}  \n資料不足 {wording.people(lacking['case_count'])}　{wording.yen(lacking['active_yen'])}")


def _candidates(user: User, district: str | None) -> None:
    left, right = st.columns(2)
    verdict = left.segmented_control("判定", VERDICTS, key="verdict", bind="query-params")
    ground = right.segmented_control("号", list(GROUNDS), key="ground", bind="query-params")
    page = st.session_state.get("suspension_page", 1) - 1
    asked = dict(district=district, verdict=verdict, ground=ground, page_size=PAGE_SIZE)
    found = ask(user, "suspension_candidates", **asked, skipped=page * PAGE_SIZE)
    if found.is_empty() and page:
        found = ask(user, "suspension_candidates", **asked, skipped=0)
    st.caption("行を押すと、要件ごとの証拠が下に出ます。停止を決めるのは人です。")
    tables.show(found, ["name", "district_name", "ground", "verdict", "active_yen", "met_count", "criterion_count", "missing",
                        "oldest_due_date", "prescription_on", "last_payment_on"],
                key=f"candidates_{district}_{verdict}_{ground}_{page}", empty="この条件の候補はありません。", alt="執行停止候補の表。1行が滞納者1人と1つの号",
                on_choose=lambda row: st.session_state.update({CHOSEN: (found["atena_ref"][row], found["name"][row], found["ground"][row])}))
    filters.page_number("suspension_page", found["total_count"][0] if found.height else 0, PAGE_SIZE)
    export_part(user, "suspension_candidates", {"district": district, "verdict": verdict, "ground": ground})
    chosen = st.session_state.get(CHOSEN)
    if chosen in zip(found["atena_ref"], found["name"], found["ground"], strict=True):  # never somebody whom the filter has left out
        _evidence(user, *chosen)


def _evidence(user: User, atena_ref: str, name: str, ground: str) -> None:
    st.subheader(f"証拠（{ground}）", anchor=False)
    st.text(f"{name}　参照番号 {atena_ref}")
    found = ask(user, "suspension_evidence", atena_ref=atena_ref, ground=ground)
    tables.show(found, ["meaning", "finding", "target", "result", "dated_on", "age_days", "evidence_id", "reference"],
                empty="この滞納者の証拠は、今の条件では表示できません。", alt="要件ごとの証拠の表")
    if st.button("カルテを開く", icon=":material/person:"):
        choose_case(atena_ref)
        go("case")
