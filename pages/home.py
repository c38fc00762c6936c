"""ホーム: what today asks of the person who signed in."""

import polars as pl
import streamlit as st

import settings
from audit import review
from auth import account_review
from auth.access import User, decide
from casework.kinds import kinds
from data_access.forecast import forecasts, open_year
from data_access.query import Standing, ask
from data_access.target import target
from pages.parts import tables, wording
from pages.parts.door import choose_case, go, open_chosen_case
from pages.parts.heading import heading
from pages.parts.passport_part import passport_part
from pages.parts.rate_ahead import whose
from pages.parts.report_part import awaited_of

CARD = 202  # px: four to a line, three on a narrow screen, and no label cut off
DAYS_AHEAD, DEADLINE_DAYS = 7, 30


def render(user: User) -> None:
    """Rates for those who may see them, then queues, promises and deadlines of the reader's districts."""
    stands = heading("ホーム", user)
    _late_review(user)
    _late_account_review(user)
    if decide(user, "collection_rate.read").allowed:
        _rates(user, stands)
    _awaited_reports(user)
    if decide(user, "worklist.read").allowed:
        _waiting(user)
        _queues(user)
        _promises(user, stands)
        _deadlines(user)
    if decide(user, "feed.read").allowed:
        _last_intake(user)
    if not decide(user, "collection_rate.read").allowed:
        st.info("このアカウントの役割で見られるものは、左の一覧にあるものだけです。ほかの画面が要るときは、係長に相談してください。", icon=":material/info:")
    open_chosen_case()


def _late_review(user: User) -> None:
    """For whoever signs the weekly review of the access log."""
    late = review.overdue(user)
    if late:
        st.warning(f"アクセスログの点検に、期日を過ぎても署名のない週が{len(late)}週あります（最も古い週は {wording.short(late[0])} から）。"
                   "「監査」で該当を確かめ、署名してください。", icon=":material/assignment_late:")


def _late_account_review(user: User) -> None:
    """For everybody: without the signature all but those who sign are suspended (auth/account_review.py)."""
    late = account_review.overdue(settings.today())
    if late:
        asks = "「アカウント管理」の一覧を確かめ、署名してください" if decide(user, "account.review").allowed else "課長の署名が要ります"
        st.warning(f"この四半期の利用者の点検に、まだ署名がありません。{wording.wareki(late.last_day)}を過ぎると、点検する人のほかの利用者は停止されます。{asks}。", icon=":material/assignment_late:")


def _rates(user: User, stands: Standing) -> None:
    found = ask(user, "rate_by_year", district=None)
    year = wording.fiscal(stands.fiscal_year)
    st.subheader(f"{year}の収納率（市計、前年同日との比較）", anchor=False)
    rows = {(row["fiscal_year"], row["year_class"]): row for row in found.iter_rows(named=True)}
    ahead, of = forecasts(found, stands.as_of), open_year(stands.as_of)
    for column, year_class in zip(st.columns(3), ("現年", "滞繰", "合計"), strict=True):
        now, before = rows.get((stands.fiscal_year, year_class)), rows.get((stands.fiscal_year - 1, year_class))
        with column:
            _rate_card(year_class, now, before)
            goal = target(of, year_class)
            st.caption(f"{whose(of, stands.fiscal_year)}5/31の見込 {wording.percent(ahead[year_class].rate)}　目標 {wording.percent(goal and goal.rate)}")
    passport_part(user, "rate_by_year", {"district": None}, found, key="home_rates")


def _rate_card(year_class: str, now: dict | None, before: dict | None) -> None:
    if now is None:
        st.metric(year_class, "—", border=True)
        return
    change = now["same_day_rate"] - before["same_day_rate"] if before and before["same_day_rate"] is not None else None
    st.metric(year_class, wording.percent(now["same_day_rate"]), wording.point(change) if change is not None else None,
              border=True, help=f"収納額 {wording.yen(now['received_same_day_yen'])} ÷ 調定額 {wording.yen(now['assessed_yen'])}。還付未済を含む収入済額による。")


def _waiting(user: User) -> None:
    """The 起案 that wait for a step this person may take; their own are somebody else's."""
    for kind, matter, page in (("執行停止", "suspension_decision", "suspension_candidates"), ("不納欠損", "write_off_decision", "write_off")):
        steps = {"審査待ち": kinds()[matter].review_action, "決裁待ち": kinds()[matter].action}
        mine = [state for state, action in steps.items() if decide(user, action).allowed]
        if not mine:
            continue
        waiting = ask(user, "waiting_decisions", kind=kind, district=None).filter(pl.col("state").is_in(mine), pl.col("written_by") != user.display_name)
        if waiting.height and st.button(f"{kind}の起案が{waiting.height}件、あなたの{mine[0].removesuffix('待ち')}を待っています", icon=":material/approval:", key=f"waiting_{page}"):
            go(page)


def _awaited_reports(user: User) -> None:
    for says, page in awaited_of(user):
        if st.button(says, icon=":material/approval:", key=f"awaited_{says}"):
            go(page)


def _queues(user: User) -> None:
    st.subheader("名簿", anchor=False)
    found = ask(user, "worklist_queues", district=None)
    if found.is_empty():
        st.info("名簿に載る滞納者はいません。", icon=":material/check_circle:")
    with st.container(horizontal=True):
        for row in found.iter_rows(named=True):
            with st.container(border=True, width=CARD):
                st.metric(row["queue"], f"{row['case_count']:,}人", help=wording.QUEUES[row["queue"]][0])
                st.caption(f"滞納額 {wording.yen(row['unpaid_yen'])}")
    passport_part(user, "worklist_queues", {"district": None}, found, key="home_queues")
    if st.button("地区ワークリストを開く", icon=":material/checklist:", type="primary"):
        go("district_worklist")


def _promises(user: User, stands: Standing) -> None:
    st.subheader(f"分納の約束（前後{DAYS_AHEAD}日）", anchor=False)
    found = ask(user, "home_promises", days=DAYS_AHEAD)
    tables.show(found, ["name", "district_name", "plan_state", "next_promised_on", "next_promised_yen", "plan_last_missed_on", "plan_missed_yen"],
                key="promises", empty=f"{wording.wareki(stands.as_of)}の前後{DAYS_AHEAD}日に、分納の約束も不履行もありません。",
                alt="分納の約束の表", on_choose=lambda row: choose_case(found["atena_ref"][row]))
    if found.height:
        passport_part(user, "home_promises", {"days": DAYS_AHEAD}, found, key="home_promises")


def _deadlines(user: User) -> None:
    st.subheader(f"{DEADLINE_DAYS}日以内に時効が完成する滞納", anchor=False)
    found = ask(user, "home_deadlines", days=DEADLINE_DAYS)
    tables.show(found, ["name", "district_name", "prescription_on", "prescription_yen", "last_contact_on"], key="deadlines",
                empty=f"{DEADLINE_DAYS}日以内に時効が完成する滞納はありません。", alt="時効が近い滞納の表",
                on_choose=lambda row: choose_case(found["atena_ref"][row]))
    if found.height:
        passport_part(user, "home_deadlines", {"days": DEADLINE_DAYS}, found, key="home_deadlines")


def _last_intake(user: User) -> None:
    last = ask(user, "intake_history").sort("business_date", "started_at", descending=True).head(1)
    if last.height:
        outcome, day = last["outcome"][0], last["business_date"][0]
        icon = ":material/check_circle:" if outcome == "公開" else ":material/error:"
        st.caption(f"{icon} 直近の連携 {wording.in_wareki(day)}: {outcome}")
