"""Of whom a 起案 is: whether they are dead, and whether heirs are on file. On that the ground of an 即時消滅 stands or falls (地方税法15条の7第5項)."""

import streamlit as st

from auth.access import User
from data_access.query import ask
from pages.parts import wording

DEAD = "死亡"


def succession_part(user: User, atena_ref: str, *, at_once: bool = False, is_told: bool = False) -> None:
    """One line for whoever is dead (unless it `is_told` above); of an 即時消滅 (`at_once`) also that somebody is not, and that an heir has not
    renounced."""
    for row in ask(user, "suspension_heirs", atena_ref=atena_ref).iter_rows(named=True):
        is_dead, remaining = row["resident_state"] == DEAD, row["heir_count"] - row["renounced_count"]
        if is_dead and not is_told:
            st.info(f"**死亡（{wording.wareki(row['state_changed_on'])}）**　{heirs_told(row)}", icon=":material/deceased:")
        elif at_once and not is_dead:
            st.text(f"死亡の記録はありません（住民票は{row['resident_state']}）。")
        if at_once and (remaining or row["noted_count"]):
            st.warning("放棄の記録がない相続人がいます。納付義務は相続人が承継しているので（民法896条、地方税法9条）、相続人がいないことを即時消滅の事由にはできません。"
                       "限定承認か、相続放棄の申述が受理されたかを、家庭裁判所に照会して確かめてください。", icon=":material/family_restroom:")


def heirs_told(row: dict) -> str:
    """What is on file of the heirs (a row of suspension_heirs), in a sentence; that nothing is on file is not that there is nobody."""
    count, renounced = row["heir_count"], row["renounced_count"]
    if row["unborne_yen"] is None:
        told = "相続人の記録はありません（未確認。いないと確かめた記録ではない）。戸籍で確かめてください。"
    elif not count:
        told = f"相続人の記録はありますが、ここには示せません（負わない額 {wording.yen(row['unborne_yen'])}）。"
    elif count == renounced:
        told = f"記録にある相続人 {count}人の全員が放棄。次の順位の相続人がいないかは、この記録では未確認です。"
    else:
        told = f"記録にある相続人 {count}人（放棄 {renounced}人、放棄の記録がない人 {count - renounced}人）。"
        told += f"この人たちが負わない額 {wording.yen(row['unborne_yen'])}。" if row["unborne_yen"] else ""
    return told + (f"ほかに、基準日の後に記録した承継が{row['noted_count']}件。" if row["noted_count"] else "")
