"""突合: what 収納システム stores against what its own rows give, recomputed for every snapshot; a person decides who is right."""

import streamlit as st

from auth.access import User, decide
from data_access.query import ask
from pages.parts import filters, tables
from pages.parts.door import choose_case, go
from pages.parts.heading import heading
from pages.parts.lists import foot, paged
from pages.parts.passport_part import passport_part

PAGE_SIZE = 100
CHOSEN = "differing"
ITEMS = {
    "年調定額": "期別調定額の合計と比べる",
    "調定額": "調定履歴の最後の更正と比べる",
    "収納額": "収納履歴の合計と比べる",
    "収入未済額": "調定−収納＋還付未済−不納欠損と比べる",
    "完納": "収入未済が0かどうかを比べる",
    "確定延滞金額": "延滞金を法令から計算し直して比べる（最近35日に納め終わった分）",
    "時効": "時効の日を法令から計算し直し、登録された2年・5年の日と比べる",
}


def render(user: User) -> None:
    """What differs, by item and reason; for those who may, row by row with both values."""
    heading("突合", user, "収納システムの登録と、その明細からの再計算")
    district = filters.district(user)
    summary = ask(user, "difference_summary", district=district)
    if summary.is_empty():
        st.success("見られる範囲では、全ての項目が一致しています。", icon=":material/check_circle:")
    else:
        tables.show(summary, ["item", "cause", "case_count", "difference_yen"], empty="", alt="差異の件数。項目と理由ごと")
        if summary["case_count"].null_count():
            st.caption("「—」は10人未満です。人が分かるので、件数も額も示しません。")
        passport_part(user, "difference_summary", {"district": district}, summary, key="difference_summary")
    with st.expander("何と何を比べているか"):
        st.text("\n".join(f"{item}　{says}" for item, says in ITEMS.items()))
    if not summary.is_empty() and decide(user, "difference.read").allowed:
        _rows(user, district)


def _rows(user: User, district: str | None) -> None:
    st.subheader("差異の明細", anchor=False)
    everything = "すべての項目"
    chosen = filters.choice("項目", [everything, *ITEMS], key="item")
    page = paged(user, "differences", "difference_page", PAGE_SIZE, district=district, item=None if chosen == everything else chosen)
    found = page.rows
    st.caption("行を押すと、その人のカルテを開けます。どちらが正しいかは人が確かめ、登録の直しは収納システムで行います。")
    tables.show(found, ["item", "cause", "stored_yen", "computed_yen", "stored_on", "computed_on", "installment_key",
                        "district_name", "atena_number_shown"],
                key=f"differences_{district}_{chosen}_{page.number}", empty="この項目の差異はありません。", alt="差異の明細。1行が1つの項目",
                on_choose=lambda row: st.session_state.update({CHOSEN: found["atena_ref"][row]}))
    foot(user, page)
    _open_case(found)


def _open_case(found) -> None:
    chosen = st.session_state.get(CHOSEN)
    cases = dict(zip(found["atena_ref"], found["has_case"], strict=True))
    if chosen not in cases:
        return
    if not cases[chosen]:
        st.caption(f"参照番号 {chosen}　滞納がないため、カルテはありません。")
    elif st.button(f"参照番号 {chosen} のカルテを開く", icon=":material/person:"):
        choose_case(chosen)
        go("case")
