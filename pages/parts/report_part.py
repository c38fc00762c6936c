"""What stands on every report: whether its tables agree with each other."""

import streamlit as st

from data_access.monthly_report import Check
from pages.parts import wording


def checks_part(found: list[Check]) -> None:
    """Every way in which the tables were compared; in red, and first, when one differs."""
    broken = [check for check in found if check.difference_yen]
    if broken:
        st.error("報告の表どうしが合いません。合うまで、この報告を使わないでください。\n" + "\n".join(f"- {check.says}　差 {wording.yen(check.difference_yen)}" for check in broken),
                 icon=":material/error:")
        return
    with st.expander(f"検算　{len(found)} 項目すべて差 0 円", icon=":material/task_alt:"):
        st.text("\n".join(check.says for check in found))
