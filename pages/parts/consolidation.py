"""名寄せ of the カルテ: other numbers of the same person, the household's debt, heirs and the inherited, suspected duplicates."""

from collections.abc import Callable

import polars as pl
import streamlit as st

from auth.access import User
from data_access.query import ask
from pages.parts import tables, wording
from pages.parts.door import choose_case, open_chosen_case

STRENGTHS = {3: "強", 2: "中", 1: "弱"}


def show_consolidation(user: User, atena_ref: str) -> None:
    """What is certain first; what is only suspected last, and a person decides about it."""
    _numbers(ask(user, "case_related_numbers", atena_ref=atena_ref))
    _household(ask(user, "case_household_arrears", atena_ref=atena_ref))
    _succession(ask(user, "case_heirs", atena_ref=atena_ref), ask(user, "case_inherited", atena_ref=atena_ref))
    _suspects(ask(user, "case_duplicates", atena_ref=atena_ref))
    open_chosen_case()


def suspects(found: pl.DataFrame) -> dict[str, str]:
    """suspect_key → the pair in a line, the strongest first."""
    return {row["suspect_key"]: f"{row['other_name'] or 'ほかの地区の人'}　{row['atena_number_shown'] or ''}　強さ {STRENGTHS[row['pair_strength']]}"
            for row in found.iter_rows(named=True) if row["suspect_key"]}


def _numbers(found: pl.DataFrame) -> None:
    st.subheader("同じ人のほかの宛名番号", anchor=False)
    tables.show(found, ["atena_number_shown", "name", "resident_state", "district_name", "unpaid_yen", "oldest_due_date"], key="same_person",
                empty="関連宛名でつながるほかの番号はありません。", alt="関連宛名の表。1行が1つの宛名番号", on_choose=_opens(found))
    if not found.is_empty():
        st.caption(f"ほかの番号の滞納額の合計 {wording.yen(found['unpaid_yen'].sum())}。行を押すと、見られる範囲のカルテが開きます。")


def _household(found: pl.DataFrame) -> None:
    st.subheader("世帯の滞納", anchor=False)
    others = found.filter(~pl.col("is_self"))
    tables.show(others, ["name", "district_name", "unpaid_yen", "oldest_due_date"], key="housemates",
                empty="同じ世帯に、ほかに滞納のある人はいません。", alt="同じ世帯の滞納者の表", on_choose=_opens(others))
    if not others.is_empty():
        st.caption(f"この人を含む世帯の滞納額の合計 {wording.yen(found['total_yen'][0])}（{found.height}人）。")


def _succession(heirs: pl.DataFrame, inherited: pl.DataFrame) -> None:
    st.subheader("相続", anchor=False)
    if heirs.is_empty() and inherited.is_empty():
        st.info("相続人の記録も、引き継いだ債務の記録もありません。", icon=":material/info:")
    if not heirs.is_empty():
        tables.show(heirs, ["name", "atena_number_shown", "relation", "share", "share_yen", "basis", "renounced_on"], key="heirs",
                    empty="", alt="相続人と持分の表。1行が相続人1人", on_choose=_opens(heirs))
        st.caption("残り＝ここに出る相続人が負わない額（相続人の未確定・相続放棄など）。マイナスは、持分の合計が1を超えていることを示します。"
                   "承継の記録は、次の取込のあとで表に入ります。")
    if not inherited.is_empty():
        tables.show(inherited, ["name", "atena_number_shown", "district_name", "share", "share_yen", "unpaid_yen"], key="inherited",
                    empty="", alt="引き継いだ債務の表。1行が被相続人1人", on_choose=_opens(inherited))


def _suspects(found: pl.DataFrame) -> None:
    st.subheader("同じ人かもしれない宛名", anchor=False)
    said = strengths(found)
    tables.show(said, ["other_name", "atena_number_shown", "pair_strength", "rule", "item", "own_value", "own_table", "own_on",
                       "other_value", "other_table", "other_on", "resident_state", "other_district_name", "other_unpaid_yen"],
                key="suspects", empty="判断を待つ名寄せの候補はありません。", alt="名寄せの候補の根拠の表。1行が1つの一致", on_choose=_opens(found))
    if not found.is_empty():
        st.caption("自動で統合することはありません。確かめたら、上の「記録する」の「名寄せの判断」で同一人か別人かを記録します。"
                   "強さ: 両方がいま市に住んでいる組（双子・同姓同名など）と性別の違う組は弱くしています。")


def strengths(found: pl.DataFrame) -> pl.DataFrame:
    """The same rows with 強・中・弱 for pair_strength."""
    return found.with_columns(pl.Series("pair_strength", [STRENGTHS[each] for each in found["pair_strength"]], dtype=pl.String))


def _opens(found: pl.DataFrame) -> Callable[[int], None]:
    """Choosing a row opens its カルテ, where there is one to be seen."""
    return lambda row: choose_case(found["other_ref"][row]) if found["other_ref"][row] else None
