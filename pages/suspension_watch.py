"""停止の監視: who is under 執行停止 and shows means again, from where a 取消 is proposed, and when the stops come to an end."""

from datetime import date

import polars as pl
import streamlit as st

from auth.access import User
from casework.approval import LONGEST_REASON
from data_access.query import Standing, ask
from law.my_number import looks_like_my_number
from pages.parts import charts, filters, tables, wording
from pages.parts.door import choose_case, open_chosen_case, person_line
from pages.parts.heading import heading
from pages.parts.lists import foot, paged
from pages.parts.passport_part import passport_part
from pages.parts.suspension_form import cancel_form, papers_part, told_decision

PAGE_SIZE, MONTHS = 100, 36
EVERY_SIGN = "すべての兆し"
SIGNED = ["name", "happened_on", "ground", "suspended_on", "suspended_yen", "ends_on", "signs_told", "district_name"]  # what may be cut off at 1,280 pixels comes last
ARRIVING = ["name", "ground", "suspended_on", "principal_yen", "open_count", "prescription_on", "three_years_on", "ended_by", "district_name"]
WIDTHS = {"name": 92, "happened_on": 82, "signs_told": 306, "ground": 44, "suspended_on": 82, "suspended_yen": 122, "ends_on": 92, "district_name": 76}
ARRIVING_WIDTHS = {"name": 92, "ground": 44, "suspended_on": 82, "principal_yen": 104, "prescription_on": 100, "three_years_on": 106, "ended_by": 96, "district_name": 76}
RECORDS = {"sign": 110, "happened_on": 110, "yen": 120, "evidence_id": 260, "record_count": 80}
DECIDED = ["decided_on", "name", "summary", "district_name"]
AT_ONCE = {"name": 92, "district_name": 76, "extinct_on": 84, "extinction_ground": 140, "extinction_reason": 246, "installment_count": 74, "unpaid_yen": 108}
CHOSEN, DECISION = "watched_person", "decided_suspension"
NAMED = {"所得": "資力の回復", "勤務先": "資力の回復", "納付": "資力の回復", "土地・家屋": "財産の判明", "車両": "財産の判明", "財産調査": "財産の判明",
         "居所判明": "所在の判明", "転入": "所在の判明"}  # sign → the 取消の理由 that it speaks for


def render(user: User) -> None:
    """Four tabs: signs of means, one row per person; the months in which 3年 and 時効 arrive, with the people of one; what was extinguished at once; the decisions with their papers."""
    stands = heading("停止の監視", user, "地方税法15条の8第1項（3年の間に事由がなくなれば停止を取り消す）")
    district = filters.district(user)
    signs, arrivals, at_once, decided = st.tabs(["資力が戻った兆し", "3年・時効の到来", "即時消滅", "決定と文書"], key="watch_view", on_change="rerun")
    if signs.open:
        with signs:
            _signs(user, district, stands)
    if arrivals.open:
        with arrivals:
            _arrivals(user, district, stands.as_of)
    if at_once.open:
        with at_once:
            _extinctions(user, district)
    if decided.open:
        with decided:
            _decided(user, district)
    open_chosen_case()


def _signs(user: User, district: str | None, stands: Standing) -> None:
    counts = ask(user, "suspension_watch_signs", district=district)
    if counts.is_empty():
        st.success("停止の決定より後の日付の、資力が戻った兆しはありません。", icon=":material/check_circle:")
        return
    told = {row["sign"]: f"{row['sign']}　{wording.people(row['person_count'])}" for row in counts.iter_rows(named=True)}
    chosen = filters.choice("兆し", [EVERY_SIGN, *told], key="sign", format_func=lambda name: told.get(name, name))
    page = paged(user, "suspension_watch", "watch_page", PAGE_SIZE, district=district, sign=None if chosen == EVERY_SIGN else chosen)
    found, total = page.rows, page.total
    st.markdown(f"**{filters.whose(user, district)} {total:,}人**　停止の決定より後の日付の資料だけを挙げています。行を押すと、資料と取消の起案が下に出ます。**取り消すかは、確かめてから人が決めます。**")
    rows = found.with_columns(pl.Series("signs_told", [_told(signs) for signs in found["signs"].to_list()], dtype=pl.String))
    tables.show(tables.short_places(rows), SIGNED, key=f"watch_{district}_{chosen}_{page.number}", widths=WIDTHS, empty="この条件に当てはまる人はいません。条件を変えてください。",
                alt="停止の監視の表。1行が執行停止中の滞納者1人", on_choose=lambda row: st.session_state.update({CHOSEN: found["atena_ref"][row]}))
    foot(user, page)
    for row in found.filter(atena_ref=st.session_state.get(CHOSEN, "")).iter_rows(named=True):  # never somebody whom the filter has left out
        _watched(user, row, stands)
    with st.expander("何を兆しと見るか"):
        passport_part(user, "suspension_watch_signs", {"district": district}, counts, key="watch_signs")
        tables.show(counts, ["sign", "person_count", "happened_on", "meaning", "article"], empty="", alt="兆しの種類ごとの人数・最も新しい日・意味・根拠の表",
                    widths={"sign": 84, "meaning": 290, "article": 230})
        st.caption("号ごとに数えるもの、数える語、最少の額は「根拠」の「停止の監視」にある市の設定です。")


def _watched(user: User, person: dict, stands: Standing) -> None:
    """The records of the one chosen, the way to the カルテ, and the 起案 of a 取消 with the signs as the draft of its reason."""
    st.subheader("兆しの資料", anchor=False)
    person_line(person["name"], person["atena_ref"], "open_watched")
    rows = [{"sign": each["sign"], "happened_on": each["day"], **{name: each[name] for name in ("yen", "evidence_id", "record_count")}} for each in person["signs"]]
    tables.show(pl.DataFrame(rows, schema={"sign": pl.String, "happened_on": pl.Date, "yen": pl.Int64, "evidence_id": pl.String, "record_count": pl.Int64}),
                list(RECORDS), widths=RECORDS, key="watched_signs", empty="", alt="兆しごとの、最も新しい資料の表")
    if not stands.is_newest:
        return
    grounds = {NAMED.get(each["sign"]) for each in person["signs"]}
    cancel_form(user, person["atena_ref"], person["note_version"], ask(user, "case_installments", atena_ref=person["atena_ref"], only_overdue=False),
                signs=_draft(person), ground=grounds.pop() if len(grounds) == 1 else None)


def _draft(person: dict) -> str:
    """What was seen since the decision, a line per sign; without the record's number where it could be taken for a 個人番号, which is refused."""
    told = f"停止の決定（{wording.short(person['suspended_on'])}）より後に、次の資料がある。"
    for each in person["signs"]:
        plain = f"{told}\n{each['sign']} {wording.short(each['day'])}"
        numbered = f"{plain} {each['evidence_id'] or ''}".rstrip()
        told = plain if looks_like_my_number(numbered) else numbered
    return told[:LONGEST_REASON]


def _told(signs: list[dict]) -> str:
    """Every sign, the newest first, with the amount of its newest record and of how many (of at most two signs, or the line would not be one);
    the days and the counts stand beside each record of the one chosen."""
    return "・".join(each["sign"] + ("" if each["yen"] is None else f" {wording.yen(each['yen'])}")
                    + (f"（{each['record_count']}件）" if each["record_count"] > 1 and len(signs) <= 2 else "") for each in signs)


def _arrivals(user: User, district: str | None, as_of: date) -> None:
    found = ask(user, "suspension_arrivals", district=district, months=MONTHS)
    if not found["person_count"].sum():
        st.info("36か月のうちに3年か時効が来る停止はありません。", icon=":material/info:")
        return
    months = {_month_name(row["ends_month"], as_of): row for row in found.iter_rows(named=True)}
    st.caption("数えるのは、**執行停止中の期別**だけ。何もしなければその月に終わる期別を、時効の完成と停止3年の**早いほう**に1度だけ数え、額は未納の本料です。"
               "差押の間は時効が完成しないので3年で数えます。停止していない期別の時効は、地区ワークリストの「時効間近」にあります。")
    charts.columns({"時効が先": [row["by_prescription_yen"] for row in months.values()], "3年が先": [row["by_three_years_yen"] for row in months.values()]},
                   list(months), unit="万円", per=10_000, key="arrivals", alt="停止の期別の本料を、先に来る終わりの月ごとに積んだ棒。値は下の表にある")
    st.caption("棒 = その月に消える本料（万円）。青 = 時効が先、橙 = 停止3年が先。")
    some = {name: row for name, row in months.items() if row["person_count"]}  # a month in which nothing ends is not worth a row, nor the first to be shown
    tables.show(pl.DataFrame([{"ends": name, **row} for name, row in some.items()]),
                ["ends", "person_count", "by_prescription_count", "by_prescription_yen", "by_three_years_count", "by_three_years_yen"],
                empty="", alt="月ごとの、時効が完成する期別と額、停止3年となる期別と額の表", most_height=330)
    passport_part(user, "suspension_arrivals", dict(district=district, months=MONTHS), found, key="suspension_arrivals")
    chosen = filters.choice("終わる月", list(some), key="ends_month", format_func=lambda name: f"{name}　{wording.people(some[name]['person_count'])}")
    _arriving(user, district, months[chosen]["ends_month"], as_of, chosen)


def _arriving(user: User, district: str | None, month: date, as_of: date, told: str) -> None:
    page = paged(user, "suspension_arrival_list", "arrival_page", PAGE_SIZE, district=district, from_month=date.min if month < as_of.replace(day=1) else month, to_month=_next(month))
    found = page.rows
    st.caption("早いほうの終わりが「先に来るもの」です。時効が先の期別は、不納欠損の理由も時効になります。行を押すとカルテが開きます。")
    tables.show(tables.short_places(found), ARRIVING, widths=ARRIVING_WIDTHS, key=f"arriving_{district}_{told}_{page.number}", empty="この月に終わる停止はありません。",
                alt="その月に停止が終わる人の表。1行が滞納者1人と停止の号", on_choose=lambda row: choose_case(found["atena_ref"][row]))
    foot(user, page)


def _extinctions(user: User, district: str | None) -> None:
    """What was extinguished at once (15条の7第5項) and waits to be written off: on what ground and why. It is watched no more."""
    page = paged(user, "suspension_extinctions", "extinction_page", PAGE_SIZE, district=district)
    found = page.rows
    st.caption("決裁の日に納付義務が消えたもの（地方税法15条の7第5項）。資力が戻っても取り消せず、欠損の決裁を待っています。事由か理由に誤りがあれば、カルテから「停止の誤り」で取消を起案します。")
    tables.show(tables.short_places(found), list(AT_ONCE), widths=AT_ONCE, key=f"extinct_{district}_{page.number}", empty="欠損を待つ即時消滅はありません。",
                alt="即時消滅の表。1行が滞納者1人と1つの決定", on_choose=lambda row: choose_case(found["atena_ref"][row]))
    foot(user, page)


def _decided(user: User, district: str | None) -> None:
    """Every 停止 and 取消 decided here, also of who owes nothing any more and has no カルテ, and the papers of the one chosen."""
    found = ask(user, "suspension_decided", district=district)
    st.caption("ここで決裁した停止と取消です。納付や欠損で未納がなくなった人も残ります。行を押すと、決議書と通知書が下に出ます。")
    tables.show(found.with_columns(pl.Series("summary", [told_decision(row) for row in found.iter_rows(named=True)], dtype=pl.String)), DECIDED, key=f"decided_{district}",
                widths={"name": 80, "summary": 420}, empty="ここで決裁した停止と取消はありません。", alt="決裁した執行停止と取消の表。1行が1つの決定",
                on_choose=lambda row: st.session_state.update({DECISION: found["decision"][row]}))
    for row in found.filter(decision=st.session_state.get(DECISION, "")).iter_rows(named=True):  # never one that the filter has left out
        st.markdown(f"**{told_decision(row)}**　参照番号 {row['atena_ref']}")
        papers_part(user, row["atena_ref"], row)


def _month_name(month: date, as_of: date) -> str:
    return "前月まで" if month < as_of.replace(day=1) else wording.short_month(month)


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
