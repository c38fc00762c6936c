"""要件を試す: the counts of the 一次審査 under other 要件, before anybody adopts them."""

from datetime import date

import streamlit as st

from auth.access import User
from data_access.criterion_trial import choices, longest_age, trial
from pages.parts import tables
from pages.parts.passport_part import passport_part

SHOWN = ["ground", "verdict", "person_count", "tried_count", "count_change", "active_yen", "tried_yen"]


def criterion_trial(user: User, district: str | None, as_of: date) -> None:
    """The longest age of a record and the criteria to leave out; what the counts of every 号 would be."""
    st.caption("要件を変えたときの人数を数えるだけで、**ここで要件は変わらず、何も保存されません**。採用するときは、市の要領を改め、"
               "law/screening.toml に新しい日付の項目を足します。")
    names, usual = choices(as_of), longest_age(as_of)
    left, right = st.columns([1, 3])
    age = left.number_input("資料の有効日数", 1, 3_650, usual, step=30, key="trial_age", help=f"今の定めは {usual}日。日付のない資料と、有効日数のない資料には及ばない")
    left_out = right.multiselect("外す要件", list(names), select_all=False, key="trial_left_out", format_func=names.get, placeholder="なし（全ての要件を問う）")
    found = trial(user, district, age, left_out)
    passport_part(user, "suspension_what_if", dict(district=district, longest_age_days=age, left_out=left_out), found, key="suspension_what_if")
    tables.show(found, SHOWN, empty="審査の対象になる人がいません。", alt="号と判定ごとの、今の要件と試した要件の人数と額の表")
    st.caption("要件を外すと、その要件の反証と食い違いもなくなります。ある場合（無財産など）の要件を全部外すと、その場合に当たる人はいなくなります。")
