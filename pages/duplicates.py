"""名寄せの候補: pairs of numbers that may be one person, by district; the evidence and the decision are in the カルテ."""

import streamlit as st

from auth.access import User
from pages.parts import filters, tables
from pages.parts.consolidation import STRENGTHS, strengths
from pages.parts.door import choose_case, open_chosen_case
from pages.parts.heading import heading
from pages.parts.lists import foot, paged

PAGE_SIZE = 100
EVERY = "すべて"


def render(user: User) -> None:
    """One row a pair, the strongest first; a click opens the カルテ of the person of the row."""
    heading("名寄せの候補", user, "同じ人かもしれない宛名の組")
    left, right = st.columns(2)
    with left:
        district = filters.district(user)
    with right:
        chosen = filters.choice("強さ", [EVERY, *STRENGTHS.values()], key="strength")
    strength = next((number for number, word in STRENGTHS.items() if word == chosen), None)
    page = paged(user, "duplicates", "duplicates_page", PAGE_SIZE, district=district, strength=strength)
    found = page.rows
    st.caption("行を押すと、その人のカルテが開きます。根拠は「名寄せ」のタブにあり、同一人か別人かは人が判断します。統合は宛名システムで行います。")
    tables.show(strengths(found), ["pair_strength", "rules", "name", "district_name", "unpaid_yen", "other_name", "atena_number_shown",
                                   "resident_state", "other_district_name", "other_unpaid_yen"],
                key=f"duplicates_{district}_{strength}_{page.number}", empty="判断を待つ候補は、見られる範囲にありません。", alt="名寄せの候補の表。1行が1組",
                on_choose=lambda row: choose_case(found["atena_ref"][row]))
    foot(user, page)
    open_chosen_case()
