"""増減の内訳: what moved the amount from one kept day to the day looked at, term by term, down to the installments."""

import polars as pl
import streamlit as st

from auth.access import User
from data_access.change import (
    CLOSING,
    MEASURES,
    OPENING,
    WITHIN,
    Bridge,
    bridge,
    earlier,
    is_compared,
)
from data_access.query import Kept, SnapshotRefused
from pages.parts import charts, filters, tables, wording
from pages.parts.door import open_chosen_case, person_line
from pages.parts.heading import heading
from pages.parts.lists import foot, paged
from pages.parts.passport_part import passport_part

PAGE_SIZE, LOOK_EVERY = 100, 2  # rows; seconds
CHOSEN = "changed_person"
TERMS = ["term", "case_count", "person_count", "current_yen", "carried_yen", "yen"]
ROWS = ["installment_key", "year_class", "yen", "name", "atena_number_shown", "district_name"]
MEANING = {
    "納期到来": "2つの基準日の間に納期限が過ぎ、期限までに納められなかった額（その後の更正を含む）",
    "過去の納期の調定": "前の基準日にはなく、納期限はそれより前の期別（遡って賦課されたもの）の、未納の額",
    "新規調定": "前の基準日になかった期別の調定額",
    "更正増・更正減": "前からある期別の調定額の変更",
    "調定の抹消・納期の変更": "期別がなくなった額・納期限が後ろに動いて滞納でなくなった額",
    "収納・充当・収納の取消・還付": "収納履歴の区分ごとの本料の増減。滞納額では納期限の後の分だけ",
    "還付未済": "過誤納のうち、まだ還付も充当もしていない額の増減。収入済額に入っているので未納に戻して数える",
    "不納欠損": "欠損として計上された額",
    "滞繰へ・滞繰入": "年度が替わり、現年から滞繰へ移った額。合計は0円",
    "地区・名寄せ・承継": "人の担当地区か納める人が変わり、地区の間で移った額。市計は0円",
}
LATE = "未納は本料。延滞金と督促手数料は入りません。納期限より前に納められた額は、滞納額の増減にも入りません。"


def render(user: User) -> None:
    """Two days, one amount: 期首, everything that moved it, 期末. A line opens its installments."""
    stands = heading("増減の内訳", user, "2つの基準日の間の増減を、1円まで理由に分ける")
    older = {each.business_date.isoformat(): each for each in earlier(stands.as_of)}  # 業務日 as in the URL
    if not older:
        st.info("比べられる前の基準日は、まだ保存されていません。次の公開の後に比べられます。" if stands.is_newest else
                "この基準日より前のデータは保存されていません。新しい基準日を選んでください。", icon=":material/info:")
        return
    days, place = st.columns(2)
    with days:
        chosen = filters.choice("前の基準日", list(older), key="changed_since", format_func=lambda day: wording.wareki_with_weekday(older[day].business_date))
    with place:
        district = filters.district(user, everywhere="見られる地区の計")
    measure = st.segmented_control("額", MEASURES, default=MEASURES[0], key="measure", bind="query-params", required=True)
    if not is_compared(stands.snapshot_id, older[chosen].id):
        st.info("2つの基準日の期別を比べています。はじめての組では、少しかかります。終わると、ここに出ます。", icon=":material/hourglass_top:")
        st.fragment(_until_compared, run_every=LOOK_EVERY)(stands.snapshot_id, older[chosen].id)
        return
    found = bridge(user, older[chosen].id, measure, district)
    _cards(found, measure)
    passport_part(user, "change_terms", dict(older_id=older[chosen].id, measure=measure, district=district), found.answer, key="changes")
    _terms(user, found, older[chosen], measure, district)
    with st.expander("定義", icon=":material/menu_book:"):
        st.markdown("\n".join(f"- **{name}**　{says}。" for name, says in MEANING.items()))
        st.caption(LATE)
    open_chosen_case()


def _until_compared(newer_id: str, older_id: str) -> None:
    try:
        is_done = is_compared(newer_id, older_id, patience=0)
    except SnapshotRefused:  # the whole page says why
        is_done = True
    if is_done:
        st.rerun()


def _cards(found: Bridge, measure: str) -> None:
    opening, closing = found.of(OPENING), found.of(CLOSING)
    told = {f"前の{measure}": wording.yen(opening), "増減": _signed(closing - opening), f"今の{measure}": wording.yen(closing)}
    for column, (label, value) in zip(st.columns(3), told.items(), strict=True):
        column.metric(label, value, border=True)
    if found.is_exact:
        st.caption("検算　前の額 ＋ 増減の各行 ＝ 今の額（現年・滞繰とも差 0 円）")
    else:
        st.error("前の額と増減の各行の合計が、今の額と合いません。データを確かめるまで、この表を使わないでください。システム管理者に連絡してください。", icon=":material/error:")


def _terms(user: User, found: Bridge, older: Kept, measure: str, district: str | None) -> None:
    whole = found.rows.filter(~pl.col("term").is_in([OPENING, CLOSING, *(() if district else WITHIN)]))
    if whole.height:
        charts.signed(whole["term"].to_list(), whole["yen"].to_list(), unit="円", key="change_bars",
                      alt=f"{measure}の増減を理由ごとに示す棒。右が増、左が減。値は下の表にある")
        st.caption("棒 = 増減した額（橙・右 = 増　青・左 = 減）")
    chosen = f"term_{measure}_{older.id}_{district}"
    tables.show(found.rows, TERMS, key=f"terms_{chosen}", empty="", alt="増減の理由ごとの期別の数・人数・額の表。行を押すと期別の一覧が出る",
                on_choose=lambda row: st.session_state.update({chosen: found.rows["term"][row]}))
    term = st.session_state.get(chosen)
    if term in (None, OPENING, CLOSING):
        st.caption("理由の行を押すと、その期別の一覧が下に出ます。前の額と今の額の一覧は、基準日を選んだ地区ワークリストにあります。")
        return
    _rows(user, found.rows.filter(term=term), dict(older_id=older.id, measure=measure, term=term, district=district))


def _rows(user: User, told: pl.DataFrame, asked: dict) -> None:
    st.subheader(f"{asked['term']}の期別", anchor=False)
    page = paged(user, "change_rows", "change_page", PAGE_SIZE, **asked)
    found, total = page.rows, page.total
    if told.height and total < told["case_count"][0]:
        st.caption(f"{told['case_count'][0]:,} 件のうち {total:,} 件を示します。職員本人・世帯の分と、いまの担当地区の外にある分は、額には入り、一覧には出ません。")
    tables.show(found, ROWS, key=f"changes_{asked['term']}_{asked['measure']}_{asked['older_id']}_{asked['district']}_{page.number}",
                empty="示せる期別はありません。", alt="その理由で増減した期別の表。1行が1つの期別", widths={"installment_key": 170},
                on_choose=lambda row: st.session_state.update({CHOSEN: found["atena_ref"][row]}))
    if not found["has_case"].all():
        st.caption("氏名の「（滞納なし）」は、いまは滞納がなく、カルテもない人です。氏名は、滞納整理に要る間だけ示します。")
    foot(user, page)
    for row in found.filter(atena_ref=st.session_state.get(CHOSEN, "")).unique("atena_ref").iter_rows(named=True):
        if row["has_case"]:
            person_line(row["name"], row["atena_ref"], "open_changed")
        else:
            st.caption(f"参照番号 {row['atena_ref']}　いまは滞納がないため、カルテはありません。")


def _signed(yen: int) -> str:
    return f"{'＋' if yen > 0 else '−' if yen < 0 else ''}{wording.yen(abs(yen))}"
