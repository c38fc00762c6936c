"""不納欠損: what may be written off and why, what it does to the 決算 before it is booked, and what could have been kept."""

import polars as pl
import streamlit as st

from auth.access import User, decide
from data_access.query import Standing, ask
from data_access.write_off_effect import effect
from pages.parts import charts, filters, tables, wording
from pages.parts.attempt import outcome
from pages.parts.decision_part import waiting_part
from pages.parts.door import person_line
from pages.parts.export_part import export_part
from pages.parts.heading import heading
from pages.parts.write_off_form import DECISION, decided_part, propose_part

PAGE_SIZE = 50
REASONS = {"時効": "国保法110条1項、地方自治法236条2項", "停止3年": "地方税法15条の7第4項", "即時消滅": "地方税法15条の7第5項"}
CHANCES = {
    "督促なし": "最初の時効期間のうちに督促状が出ていない（出していれば更新していた）",
    "更新なし": "最後の時効期間に、承認（分納・一部納付）・催告・差押のどれもない",
    "手を打った": "手は打ったが、時効は更新しなかった（確かめていない承認、解除された差押など）",
    "停止中": "執行停止の間に時効となった（追わないと決めたもの）",
}
CHOSEN = "written_off_person"
TERMS = ["fiscal_year", "year_class", "stage", "assessed_yen", "received_yen", "refund_due_yen", "written_off_yen", "outstanding_yen", "named_rate", "rate_change"]
STATEMENT = {"levy_year": 95, "installment_no": 65, "due_date": 95, "unpaid_yen": 110, "charge_yen": 100, "booked_as": 115, "extinct_on": 95,
             "needs_person": 80, "decided_on": 95, "suspension_ground": 60}


def render(user: User) -> None:
    """Three cards, then the candidates, the effect on the 決算, and what was lost so far."""
    stands = heading("不納欠損", user, "国保法110条、地方税法15条の7第4項・第5項")
    district = filters.district(user, everywhere="市計")
    _cards(ask(user, "write_off_parts", dimension="事由", is_booked=False, district=district))
    names = (["候補"] if decide(user, "write_off_candidate.read").allowed else []) + ["決算への影響", "分析"]
    for name, tab in zip(names, st.tabs(names, key="write_off_view", on_change="rerun"), strict=True):
        if tab.open:
            with tab:
                {"候補": _candidates, "決算への影響": _effect, "分析": _analysis}[name](user, district, stands)


def _cards(parts: pl.DataFrame) -> None:
    for column, (reason, article) in zip(st.columns(3), REASONS.items(), strict=True):
        own = parts.filter(part=reason)
        is_untold = own["yen"].null_count() or (own.is_empty() and "そのほか" in parts["part"])
        with column, st.container(border=True):
            st.metric(f"{reason}の候補", "10人未満" if is_untold else wording.yen(own["yen"].sum()), help="消滅した、まだ欠損していない未納（本料）。決裁済で収納の計上を待つものを含む。事由が重なる期別は、先に来た事由で数える")
            count = "ほかの事由とまとめて示す" if is_untold else f"{own['installment_count'].sum():,}期別"
            st.caption(f"{count}  \n{article}")


def _candidates(user: User, district: str | None, stands: Standing) -> None:
    waiting = waiting_part(user, "不納欠損", district, lambda row: _read(user, row)) if stands.is_newest else None
    reason = st.segmented_control("事由", list(REASONS), key="booked_as", bind="query-params")
    page = st.session_state.get("write_off_page", 1) - 1
    asked = dict(district=district, booked_as=reason, page_size=PAGE_SIZE)
    found = ask(user, "write_off_candidates", **asked, skipped=page * PAGE_SIZE)
    if found.is_empty() and page:
        found = ask(user, "write_off_candidates", **asked, skipped=0)
    st.caption("行を押すと、期別ごとの事由と消滅の日が下に出ます。「要確認」は、時効が完成したか、取れないことが明らかかを、人が確かめるもの。")
    tables.show(found, ["name", "district_name", "booked_as", "installment_count", "unpaid_yen", "charge_yen", "extinct_on", "needs_person"],
                key=f"write_offs_{district}_{reason}_{page}", empty="この条件の候補はありません。", alt="不納欠損の候補の表。1行が滞納者1人と1つの事由",
                on_choose=lambda row: st.session_state.update({CHOSEN: (found["atena_ref"][row], found["booked_as"][row])}))
    filters.page_number("write_off_page", found["total_count"][0] if found.height else 0, PAGE_SIZE)
    export_part(user, "write_off_statement", {"district": district, "booked_as": reason})
    outcome(DECISION)
    for row in found.iter_rows(named=True):
        if (row["atena_ref"], row["booked_as"]) == st.session_state.get(CHOSEN):  # never somebody whom the filter has left out
            own = _candidate(user, row)
            if waiting is not None:
                propose_part(user, row, own, row["atena_ref"] in waiting.filter(matter=DECISION)["atena_ref"])
    if stands.is_newest:
        decided_part(user, district)


def _candidate(user: User, candidate: dict) -> pl.DataFrame:
    """The installments of one person, each with every reason that has come."""
    st.subheader("期別と事由", anchor=False)
    person_line(candidate["name"], candidate["atena_ref"], "open_candidate")
    own = ask(user, "write_off_installments", atena_ref=candidate["atena_ref"])
    tables.show(own, list(STATEMENT), widths=STATEMENT, empty="欠損の候補になる期別はありません。", alt="期別ごとの不納欠損の事由と消滅の日の表")
    if own.height:
        st.caption("根拠　" + "　".join(own.select(pl.format("{}: {}", "booked_as", "article")).to_series().unique(maintain_order=True)))
    return own


def _read(user: User, waiting: dict) -> None:
    """What who decides has to read: the 期別 of the 起案 as they stand today; of a 取消, those of the decision it takes back."""
    keys = waiting["written_off"]
    if waiting["decision"]:
        decided = ask(user, "write_off_decided", district=None).filter(event_id=waiting["decision"])
        keys = decided["written_off"][0] if decided.height else []
    own = ask(user, "write_off_installments", atena_ref=waiting["atena_ref"])
    tables.show(own.filter(pl.col("installment_key").is_in(list(keys))), list(STATEMENT), widths=STATEMENT, key="waiting_installments",
                empty="この起案の期別は、いまは候補にありません。差し戻してください。", alt="起案された期別の事由と消滅の日の表")


def _effect(user: User, district: str | None, stands: Standing) -> None:
    found = effect(user, district, stands.fiscal_year)
    if found.waiting_yen is None:
        st.info("候補が10人未満の区分があるため、決算への影響は示しません。", icon=":material/info:")
        return
    columns = st.columns(3)
    columns[0].metric("全ての候補を欠損すると", wording.yen(found.waiting_yen), border=True, help="収入未済額から不納欠損額へ移る額")
    columns[1].metric(f"{wording.fiscal(stands.fiscal_year)}の収納率", wording.point(found.this_year), border=True,
                      help="決算の率（収納額 − 還付未済額）÷ 調定額。欠損は分子にも分母にも入らない")
    columns[2].metric(f"{wording.fiscal(stands.fiscal_year + 1)}の滞繰の収納率", wording.point(found.next_year), border=True,
                      help="繰り越す調定が欠損の分だけ減る。前年度の滞繰と同じ額が入るとみる")
    tables.show(found.rows, TERMS, empty="この地区の調定はありません。", alt="欠損の前と後の、調定・収納・還付未済・欠損・未済と収納率の表")
    st.caption("調定 ＝ 収納 − 還付未済 ＋ 欠損 ＋ 未済。欠損は今年度の率を変えず、翌年度に繰り越す調定を減らす。"
               f"{wording.fiscal(stands.fiscal_year + 1)}の行は、今の未済が全て繰り越し、前年度の滞繰と同じ額が入るとみた見込み。")


def _analysis(user: User, district: str | None, stands: Standing) -> None:
    st.subheader("欠損した額", anchor=False)
    booked = ask(user, "write_off_parts", dimension="事由", is_booked=True, district=district)
    _years(booked)
    tables.show(booked, ["fiscal_year", "part", "district_name", "person_count", "installment_count", "yen"],
                empty="欠損の記録はありません。", alt="会計年度・事由・地区ごとの欠損の表")
    left, right = st.columns(2)
    with left:
        st.subheader("欠損までの年数", anchor=False)
        st.caption("納期限から欠損の日までの、満の年数（全ての年度）")
        _by_part(ask(user, "write_off_parts", dimension="年数", is_booked=True, district=district), "欠損までの年数ごとの表")
    with right:
        st.subheader("守れたかもしれない額", anchor=False)
        st.caption("時効で消えた期別に、何が欠けていたか（全ての年度と候補）")
        waiting = ask(user, "write_off_parts", dimension="逃したこと", is_booked=False, district=district)
        past = ask(user, "write_off_parts", dimension="逃したこと", is_booked=True, district=district)
        _by_part(pl.concat([past, waiting]), "時効で消えた額を、欠けていたことごとに分けた表")
    with st.expander("分け方の定め", icon=":material/menu_book:"):
        st.markdown("\n".join(f"- **{name}** {meaning}" for name, meaning in CHANCES.items())
                    + "\n\n欠損した期別は、欠損の日を消えた日とみる。まだ欠損していない候補を含む。先に当たるもの（停止中・督促なし・更新なし）に1度だけ数える。")


def _years(booked: pl.DataFrame) -> None:
    known = booked.drop_nulls("yen").group_by("fiscal_year", "part").agg(pl.col("yen").sum()).sort("fiscal_year")
    years = [wording.fiscal(year) for year in known["fiscal_year"].unique(maintain_order=True)]
    largest = known.group_by("part").agg(pl.col("yen").sum()).sort("yen", "part", descending=[True, False])["part"]
    series = {part: ([wording.fiscal(year) for year in own["fiscal_year"]], [yen / 10_000 for yen in own["yen"]])
              for part in largest[:3] for own in [known.filter(part=part)]}
    if len(years) > 1:
        charts.lines(series, unit="万円", key="write_off_years", order=years, alt="会計年度ごとの欠損額。事由ごとの折れ線。値は下の表にある")


def _by_part(found: pl.DataFrame, alt: str) -> None:
    """Every district together; a part that is told nowhere keeps its line without figures."""
    summed = found.group_by("part", maintain_order=True).agg(pl.col("installment_count", "yen").sum())
    order = summed.with_columns(pl.col("part").str.to_integer(strict=False).alias("years")).sort("years", "part", nulls_last=True)
    tables.show(order.with_columns(pl.when(pl.col("years").is_null()).then(pl.col("part")).otherwise(pl.col("part") + "年").alias("part")),
                ["part", "installment_count", "yen"], empty="記録はありません。", alt=alt)
