"""効果の測定: what is being tried, who gets which way, and, on the day fixed before, what came of it."""

import polars as pl
import streamlit as st

from auth.access import User, decide
from casework import trial
from casework.ledger import LedgerUnavailable
from casework.trial import WAYS, Trial
from data_access import trial_result
from data_access.query import Standing
from pages.parts import filters, tables, wording
from pages.parts.door import choose_case, open_chosen_case
from pages.parts.heading import heading
from pages.parts.lists import foot, paged
from pages.parts.passport_part import passport_part
from pages.parts.trial_form import steps_part

PAGE_SIZE = 100
COLUMNS = ["trial_name", "trial_state", "means", "queue", "person_count", "began_on", "looked_at_on"]
PEOPLE = ["name", "way", "unpaid_yen", "last_contact_on", "last_payment_on", "district_name"]
PARTS = ["part", "first_people", "second_people", "first_share", "second_share", "share_difference", "lowest_difference", "highest_difference"]
METHOD = """
- **対象** は起案のときの名簿で固定し、**甲・乙** はくじ（承認で決まる番号と参照番号の SHA-256）で決める。だれも選べず、だれでも確かめられる。
- **結果** は、決めた日まで見ない。見る日は、終わりの日の14日後（消込みを待つ）。
- 実際に送れたか、話せたかによらず、**割り当てた全員** で比べる（intention to treat）。移った人、完納した人も入る。後から支援措置を受けた人と、見る職員本人・世帯の分だけは、割当ての後でも除く。
- **納めた人の率** の差は、95%の幅（Newcombe の方法10）を添える。幅が0をまたげば、差があるとは言えない。甲か乙が100人に満たない集まりは示さない。
"""


def render(user: User) -> None:
    """The list, then the chosen trial; whoever may proposes a new one."""
    stands = heading("効果の測定", user, "滞納額は本料のみ")
    try:
        every = trial.every()
    except LedgerUnavailable as failure:
        st.error(str(failure), icon=":material/error:")
        return
    tables.show(pl.DataFrame([_line(each, stands) for each in reversed(every)], schema=dict(zip(COLUMNS, (pl.String,) * 4 + (pl.Int64, pl.Date, pl.Date), strict=True))),
                COLUMNS, empty="試行はまだありません。", alt="試行の表。新しいものから", key="trials")
    steps_part(user, stands, every)
    begun = {each.id[:8]: each for each in reversed(every) if each.began_on}
    if begun:
        chosen = begun[filters.choice("見る試行", list(begun), key="trial", format_func=lambda key: f"{begun[key].name}（{wording.wareki(begun[key].began_on)}開始）")]
        _ways(chosen)
        if decide(user, "trial.result").allowed:
            _result(user, chosen, stands)
        _people(user, chosen)
    with st.expander("測り方", icon=":material/menu_book:"):
        st.markdown(METHOD)
    open_chosen_case()


def _line(each: Trial, stands: Standing) -> dict:
    state = "承認を待つ" if each.began_on is None else "途中" if stands.as_of < each.looked_at_on else "結果あり"
    return {"trial_name": each.name, "trial_state": state, "means": each.means, "queue": each.queue, "person_count": len(each.refs), "began_on": each.began_on,
            "looked_at_on": each.looked_at_on}


def _ways(chosen: Trial) -> None:
    for column, name, way in zip(st.columns(2), WAYS, chosen.ways, strict=True):
        with column.container(border=True, height="stretch"):
            st.markdown(f"**{name}**")
            st.text(way)


def _result(user: User, chosen: Trial, stands: Standing) -> None:
    st.subheader("結果", anchor=False)
    try:
        found = trial_result.result(user, chosen.lot(), WAYS, chosen.began_on, chosen.ends_on, chosen.looked_at_on, stands.as_of)
    except trial_result.NotYet as reason:
        st.info(wording.in_wareki(str(reason)), icon=":material/hourglass_top:")
        return
    whole = found.whole
    for column, name, share, people in zip(st.columns(2), WAYS, (whole["first_share"], whole["second_share"]), (whole["first_people"], whole["second_people"]), strict=True):
        column.metric(f"{name}で納めた人の率", wording.percent(share), f"{people:,}人", delta_color="off", delta_arrow="off", border=True)
    says = f"甲 − 乙 = {wording.point(whole['share_difference'])}（95%の幅 {wording.point(whole['lowest_difference'])} 〜 {wording.point(whole['highest_difference'])}）"
    if found.is_sure:
        st.success(f"{says}。差があると言えます。", icon=":material/check_circle:")
    else:
        st.info(f"{says}。幅が0をまたぐので、差があるとは言えません。", icon=":material/info:")
    st.caption(f"1人あたりの納付額　甲 {wording.yen(found.yen_each[0])}　乙 {wording.yen(found.yen_each[1])}　差の95%の幅 {wording.yen(found.yen_interval[0])} 〜 {wording.yen(found.yen_interval[1])}")
    passport_part(user, "trial_result", found.asked, found.answer, key="trial_result")
    st.subheader("公平の表", anchor=False)
    tables.show(found.parts, PARTS, empty="示せる大きさの集まりはありません。", alt="年代と地区ごとの、甲と乙で納めた人の率の表", key="trial_parts")
    st.caption(f"年代・地区ごとに、甲と乙の差が偏っていないかを見る。甲か乙が{trial_result.LEAST}人に満たない{found.left_out}の集まりは示さない。")


def _people(user: User, chosen: Trial) -> None:
    st.subheader("だれにどちらか", anchor=False)
    district = filters.district(user)
    way = filters.choice("甲・乙", ["両方", *WAYS], key="trial_way")
    lot = chosen.lot()
    page = paged(user, "trial_people", "trial_page", PAGE_SIZE, refs=list(lot), ways=list(lot.values()), way=None if way == "両方" else way, district=district)
    found = page.rows
    tables.show(found, PEOPLE, key=f"trial_people_{chosen.id[:8]}_{way}_{district}_{page.number}", empty="見られる地区に、まだ納めていない対象の人はいません。",
                alt="試行の対象で、いま滞納のある人と、甲か乙かの表。行を押すとカルテが開く", on_choose=lambda row: choose_case(found["atena_ref"][row]))
    st.caption("いま滞納のある人だけを示す。行を押すとカルテが開きます。")
    foot(user, page)
