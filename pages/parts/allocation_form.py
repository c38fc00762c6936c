"""The part of the 充当 form that says which 期別 the money goes to, before it is recorded."""

from datetime import date

import polars as pl
import streamlit as st

from auth.access import User
from data_access.allocation_proposal import proposal
from pages.parts import tables, wording


def allocation_fields(user: User, atena_ref: str, yen: int | None, on: date | None) -> None:
    """The parts in the order of the law; nothing to fill in."""
    if yen is None or on is None:
        st.warning("日と得た額を入れると、充当する期別と額が出ます。")
        return
    found = proposal(user, atena_ref, yen, on)
    named = [f"{wording.fiscal(year)} 第{int(no)}期" for year, no in found.parts.select("levy_year", "installment_no").iter_rows()]
    tables.show(found.parts.with_columns(pl.Series("planned_installment", named, dtype=pl.String)), ["planned_installment", "allocated_item", "allocated_yen"],
                empty="充当する期別がありません。", alt="充当する期別と額の表。充当の順")
    st.caption(found.article)
    if found.left_yen:
        st.warning(f"未納より {wording.yen(found.left_yen)} 多い額です。残りは充当せず、還付の手続きをしてください。", icon=":material/warning:")


def proposed(user: User, atena_ref: str, yen: int | None, on: date | None) -> dict[str, int]:
    """What was shown, as the ledger takes it: 期別の番号 → 円; nothing while something is missing."""
    return {} if yen is None or on is None else proposal(user, atena_ref, yen, on).allocated()
