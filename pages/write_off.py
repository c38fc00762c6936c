"""不納欠損: what may be written off and why, what it does to the 決算 before it is booked, and what could have been kept."""

from datetime import date

import polars as pl
import streamlit as st

from auth.access import User, decide, scope
from data_access.query import Standing, ask
from data_access.write_off_effect import effect
from pages.parts import charts, filters, tables, wording
from pages.parts.attempt import outcome
from pages.parts.decision_part import waiting_part
from pages.parts.door import person_line
from pages.parts.export_part import export_part
from pages.parts.heading import heading
from pages.parts.lists import foot, paged
from pages.parts.passport_part import passport_part
from pages.parts.succession_part import succession_part
from pages.parts.write_off_evidence import decided_keys, evidence_part, reversed_mark
from pages.parts.write_off_form import DECISION, decided_part, propose_part

PAGE_SIZE = 50
REASONS = {"時効": "国保法110条1項、地方自治法236条2項", "停止3年": "地方税法15条の7第4項", "即時消滅": "地方税法15条の7第5項"}
CHANCES = {
    "督促なし": "最初の時効期間のうちに督促状が出ていない（出していれば更新していた）",
    "更新なし": "最後の時効期間に、承認（分納・一部納付）・催告・差押のどれもない",
    "手を打った": "手は打ったが、時効は更新しなかった（確かめていない承認、解除された差押など）",
    "停止中": "執行停止の間に時効となった（追わないと決めたもの）",
}
CHOSEN, OTHERS = "written_off_person", "X00"  # ほかの地区
TERMS = ["fiscal_year", "year_class", "stage", "assessed_yen", "received_yen", "refund_due_yen", "written_off_yen", "outstanding_yen", "settled_rate", "rate_change"]

CANDIDATES = {"name": 92, "district_name": 76, "booked_as": 84, "matter_state": 74, "installment_count": 66, "unpaid_yen": 106, "extinct_on": 82, "needs_person": 64, "marks": 176,
              "charge_yen": 106}  # what may be cut off at 1,280 pixels comes last


def render(user: User) -> None:
    """Three cards, then the candidates, the effect on the 決算, and what was lost so far."""
    stands = heading("不納欠損", user, "国保法110条、地方税法15条の7第4項・第5項")
    district = filters.district(user, everywhere="市計")
    asked = dict(dimension="事由", is_booked=False, district=district)
    waiting = ask(user, "write_off_parts", **asked)
    _cards(user, waiting, district)
    passport_part(user, "write_off_parts", asked, waiting, key="write_off_cards")
    names = (["候補"] if decide(user, "write_off_candidate.read").allowed else []) + ["決算への影響", "分析"]
    for name, tab in zip(names, st.tabs(names, key="write_off_view", on_change="rerun"), strict=True):
        if tab.open:
            with tab:
                {"候補": _candidates, "決算への影響": _effect, "分析": _analysis}[name](user, district, stands)


def _cards(user: User, parts: pl.DataFrame, district: str | None) -> None:
    """By reason; to an officer the city's figure and, beside it, that of the own districts, which the list below is of."""
    is_beside = scope(user) == "own" and district is None
    for column, (reason, article) in zip(st.columns(3), REASONS.items(), strict=True):
        whole = parts.filter(part=reason)
        with column, st.container(border=True):
            st.metric(f"{reason}の候補　{'市計' if district is None else '選んだ地区'}", _yen(parts, whole),
                      help="消滅した、まだ欠損していない未納（本料）。決裁済で収納の計上を待つものを含む。事由が重なる期別は、先に来た事由で数える")
            own = whole.filter(pl.col("district_code") != OTHERS)
            st.caption(f"{_count(parts, whole)}" + (f"  \n**自分の地区 {_yen(parts, own)}**　{_count(parts, own)}" if is_beside else "") + f"  \n{article}")


def _is_kept_back(parts: pl.DataFrame, own: pl.DataFrame) -> bool:
    """Not told to a reader without persons because of what the other figures would give away (そのほか), however many it is of."""
    return own.is_empty() and "そのほか" in parts["part"]


def _yen(parts: pl.DataFrame, own: pl.DataFrame) -> str:
    if own["yen"].null_count():
        return "10人未満"
    return "示しません" if _is_kept_back(parts, own) else wording.yen(own["yen"].sum())


def _count(parts: pl.DataFrame, own: pl.DataFrame) -> str:
    if own["yen"].null_count():
        return "10人未満の額は示しません"
    return "ほかの値から10人未満の数が分かるため" if _is_kept_back(parts, own) else f"{own['installment_count'].sum():,}期別"


def _candidates(user: User, district: str | None, stands: Standing) -> None:
    if stands.is_newest:
        waiting_part(user, "不納欠損", district, lambda row, _first: _read(user, row, stands.as_of))
    st.subheader(f"候補（{filters.whose(user, district)}）", anchor=False)
    reason = st.segmented_control("事由", list(REASONS), key="booked_as", bind="query-params")
    page = paged(user, "write_off_candidates", "write_off_page", PAGE_SIZE, district=district, booked_as=reason)
    found = page.rows
    st.caption("行を押すと、期別ごとの事由・消滅の日・最後の更新・確かめることが下に出ます。「要確認」は、時効が完成したか、取れないことが明らかかを、人が確かめるもの。"
               "消滅の日は、時効の日（料は、その日が市の休日なら次の開庁日。国保法111条、民法142条）の翌日。決裁して計上を待つものは、札の額に入り、この表には出ません。")
    told = pl.Series("marks", [_marks(row) for row in found.iter_rows(named=True)], dtype=pl.String)
    tables.show(tables.short_places(found).with_columns(told), [name for name in CANDIDATES if name != "marks" or told.count()],
                key=f"write_offs_{district}_{reason}_{page.number}", widths=CANDIDATES, empty="この条件の候補はありません。", alt="不納欠損の候補の表。1行が滞納者1人と1つの事由",
                on_choose=lambda row: st.session_state.update({CHOSEN: (found["atena_ref"][row], found["booked_as"][row])}))
    foot(user, page)
    export_part(user, "write_off_statement", {"district": district, "booked_as": reason})
    for row in found.iter_rows(named=True):
        if (row["atena_ref"], row["booked_as"]) == st.session_state.get(CHOSEN):  # never somebody whom the filter has left out
            own = _candidate(user, row, stands.as_of)
            if stands.is_newest:
                propose_part(user, row, own, stands.as_of)
    outcome(DECISION)  # of whom the list has no more: it is said once, beside the form where there is one
    if stands.is_newest:
        decided_part(user, district)


def _marks(row: dict) -> str | None:
    flash = f"速報 {wording.yen(row['flash_yen'])}（決裁できない）" if row["flash_yen"] else ""
    return "　".join(part for part in (reversed_mark(row), flash) if part) or None


def _candidate(user: User, candidate: dict, as_of: date) -> pl.DataFrame:
    """The installments of one person, each with every reason that has come and its evidence."""
    st.subheader("期別と事由", anchor=False)
    person_line(candidate["name"], candidate["atena_ref"], "open_candidate")
    succession_part(user, candidate["atena_ref"], at_once=candidate["booked_as"] == "即時消滅")
    own = ask(user, "write_off_installments", atena_ref=candidate["atena_ref"])
    evidence_part(user, candidate["atena_ref"], own, as_of, "candidate")
    return own


def _read(user: User, waiting: dict, as_of: date) -> None:
    """What who decides has to read: the 期別 of the 起案 as they stand today; of a 取消, those of the decision it takes back."""
    keys = decided_keys(user, waiting["decision"]) if waiting["decision"] else list(waiting["written_off"])
    own = ask(user, "write_off_installments", atena_ref=waiting["atena_ref"]).filter(pl.col("installment_key").is_in(keys))
    gone = set(keys) - set(own["installment_key"])
    if gone and not waiting["decision"]:
        st.warning(f"起案の期別のうち{len(gone)}期は、いまは候補にありません（納付・更正・取消など）。差し戻してください。", icon=":material/payments:")
    evidence_part(user, waiting["atena_ref"], own, as_of, "waiting", "この起案の期別は、いまは候補にありません。")


def _effect(user: User, district: str | None, stands: Standing) -> None:
    found = effect(user, district, stands.fiscal_year)
    if found.waiting_yen is None:
        st.info("決算への影響は示しません。全ての候補の額と、ほかの値（事由・時効の日を過ぎたものなど）との差から、10人未満の数が分かるため。", icon=":material/info:")
        return
    columns = st.columns(3)
    columns[0].metric("全ての候補を欠損すると", wording.yen(found.waiting_yen), border=True, help="収入未済額から不納欠損額へ移る額")
    columns[1].metric(f"{wording.fiscal(stands.fiscal_year)}の決算の率", wording.point(found.this_year), border=True,
                      help="（収納額 − 還付未済額）÷ 調定額。欠損は分子にも分母にも入らない")
    columns[2].metric(f"{wording.fiscal(stands.fiscal_year + 1)}の滞繰の決算の率", wording.point(found.next_year), border=True,
                      help="繰り越す調定が欠損の分だけ減る。現年は前年度と同じ額が残り、前年度の滞繰と同じ額が入るとみる")
    passport_part(user, "write_off_effect", {"district": district}, found.answer, key="write_off_effect")
    tables.show(found.rows, TERMS, empty="この地区の調定はありません。", alt="欠損の前と後の、調定・収納・還付未済・欠損・未済と決算の率の表")
    st.caption("調定 ＝ 収納 − 還付未済 ＋ 欠損 ＋ 未済。率は**決算の率** ＝（収納 − 還付未済）÷ 調定。欠損は今年度の率を変えず、翌年度に繰り越す調定を減らす。  \n"
               "**年報・努力支援の収納率**は、居所不明者分の調定を除いて数える（率の名と今の値は「収納状況」の「定義と根拠」）。欠損はその分子にも分母にも入らないので、今年度は同じく動かない。  \n"
               f"{wording.fiscal(stands.fiscal_year + 1)}の行は見込み。今の滞繰の未済が全て、現年の未済は前年度の現年と同じ額が繰り越し（納期限の来ていない期別は数えない）、前年度の滞繰と同じ額が入るとみる。")


def _analysis(user: User, district: str | None, stands: Standing) -> None:
    st.subheader("欠損した額", anchor=False)
    asked = dict(dimension="事由", is_booked=True, district=district)
    booked = ask(user, "write_off_parts", **asked)
    _years(booked, stands)
    tables.show(booked, ["fiscal_year", "part", "district_name", "person_count", "installment_count", "yen"],
                empty="欠損の記録はありません。", alt="会計年度・事由・地区ごとの欠損の表")
    if booked.height:
        passport_part(user, "write_off_parts", asked, booked, key="write_off_booked")
    left, right = st.columns(2)
    with left:
        st.subheader("欠損までの年数", anchor=False)
        st.caption("納期限から欠損の日までの、満の年数（全ての年度）")
        asked = dict(dimension="年数", is_booked=True, district=district)
        years = ask(user, "write_off_parts", **asked)
        _by_part(years, "欠損までの年数ごとの表")
        if years.height:
            passport_part(user, "write_off_parts", asked, years, key="write_off_ages")
    with right:
        st.subheader("守れたかもしれない額", anchor=False)
        st.caption("時効で消えた期別に、何が欠けていたか（全ての年度と候補）" + ("。10人未満の数が分からないよう、そのほかは、時効でないものとまとめたもの" if scope(user) == "none" else ""))
        asked = [dict(dimension="逃したこと", is_booked=is_booked, district=district) for is_booked in (True, False)]
        past, waiting = (ask(user, "write_off_parts", **each) for each in asked)
        _by_part(pl.concat([past, waiting]), "時効で消えた額を、欠けていたことごとに分けた表")
        with st.container(horizontal=True):
            for each, found, key, title in zip(asked, (past, waiting), ("write_off_missed", "write_off_missing"), ("欠損した額の根拠", "候補の額の根拠"), strict=True):
                if found.height:
                    passport_part(user, "write_off_parts", each, found, key=key, title=title)
    with st.expander("分け方の定め", icon=":material/menu_book:"):
        st.markdown("\n".join(f"- **{name}** {meaning}" for name, meaning in CHANCES.items())
                    + "\n\n欠損した期別は、欠損の日を消えた日とみる。まだ欠損していない候補を含む。先に当たるもの（停止中・督促なし・更新なし）に1度だけ数える。")


def _years(booked: pl.DataFrame, stands: Standing) -> None:
    """The year that is not over stands apart from the lines: its 欠損 are those so far."""
    known = booked.drop_nulls("yen").group_by("fiscal_year", "part").agg(pl.col("yen").sum()).sort("fiscal_year")
    years = [wording.fiscal(year) for year in known["fiscal_year"].unique(maintain_order=True)]
    largest = known.group_by("part").agg(pl.col("yen").sum()).sort("yen", "part", descending=[True, False])["part"]
    series = {part: ([wording.fiscal(year) for year in own["fiscal_year"]], [yen / 10_000 for yen in own["yen"]])
              for part in largest[:3] for own in [known.filter(part=part)]}
    if len(years) > 1:
        now = wording.fiscal(stands.fiscal_year)
        so_far = {part: "年度途中" for part, (of, _) in series.items() if of[-1] == now}
        charts.lines(series, unit="万円", key="write_off_years", order=years, unfinished=so_far, alt="会計年度ごとの欠損額。事由ごとの折れ線。年度途中の今年度は、つながない白丸。値は下の表にある")
        if so_far:
            st.caption(f"白丸 = {now}は年度途中（{wording.short(stands.as_of)}まで）。1年分の額と比べられないので、線でつながない。")


def _by_part(found: pl.DataFrame, alt: str) -> None:
    """Every district together; a part that is told nowhere keeps its line without figures."""
    summed = found.group_by("part", maintain_order=True).agg(pl.col("installment_count", "yen").sum())
    order = summed.with_columns(pl.col("part").str.to_integer(strict=False).alias("years")).sort("years", "part", nulls_last=True)
    tables.show(order.with_columns(pl.when(pl.col("years").is_null()).then(pl.col("part")).otherwise(pl.col("part") + "年").alias("part")),
                ["part", "installment_count", "yen"], empty="記録はありません。", alt=alt)
