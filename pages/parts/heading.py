"""The top of every page: what it is, as of when it is true, and whether the data is old. And who is signed in."""

import streamlit as st

import settings
from auth.access import User, decide, permissions, rounded_to, scope, sees_month_ends
from auth.current import displaced, sign_out
from casework.rules import STALE_DAYS
from data_access.query import Standing, marks_of_now, standing
from pages.parts import as_of
from pages.parts.wording import clock, wareki_with_weekday

STOPPED = "届くまで、催告など納付を確かめてから行うことは記録できません。"
CHECK_EVERY = 20  # seconds: whoever is under 支援措置 since then leaves the open screens by itself


def heading(title: str, user: User, note: str = "") -> Standing:
    """Title, 基準日 and reach; a banner when the data is stale or another day is shown. Returns what the page stands on."""
    stands = standing()
    months = sees_month_ends(user)
    if not stands.is_newest and not months:
        _past(stands)
    elif as_of.refused():
        st.warning("この役割が見られるのは、月ごとの最後の基準日だけです。" if months else "その基準日のデータは保存されていません。最新のデータを表示しています。", icon=":material/history:")
    st.title(title, anchor=False)
    st.caption("　｜　".join(filter(None, (f"基準日 **{wareki_with_weekday(stands.as_of)}** 現在{'（月ごとの最後のデータ）' * months}", _reach(user), f"データ {stands.snapshot_id}", note, _watermark(user)))))
    if stands.is_stale:
        st.error(f"データが{stands.missed_days}業務日分、届いていません。その間の納付は反映されていません。連携状況を確かめてください。"
                 + STOPPED * (stands.missed_days >= STALE_DAYS), icon=":material/schedule:")
    if scope(user) != "none":
        st.fragment(_until_somebody_is_marked, run_every=CHECK_EVERY)(marks_of_now())
    return stands


def _until_somebody_is_marked(drawn_with: int) -> None:
    """Draw the page anew when the marks are not those it was drawn with. No hand is in it, so the idle time runs on."""
    if marks_of_now() != drawn_with:
        st.rerun()


def _past(stands: Standing) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.warning(f"**{wareki_with_weekday(stands.as_of)} 時点を表示しています**　記事は書けません", icon=":material/history:")
        st.button("最新の表示に戻る", icon=":material/update:", on_click=as_of.back, width="content")


def _watermark(user: User) -> str:
    """Who looks, and when, on every page that shows persons: on the screen, and so on a photograph of it."""
    sees = scope(user) != "none" or decide(user, "care_inquiry.ask").allowed
    return f"閲覧 {user.name} {clock(settings.now().isoformat())}" if sees else ""


def _reach(user: User) -> str:
    reach = scope(user)
    if reach == "own":
        return f"担当地区 {'・'.join(user.districts)}"
    if decide(user, "care_inquiry.ask").allowed:
        return "照会した一人"
    if rounded_to(user) > 1:
        return "個人の情報を含まない集計（千円単位に丸め）"
    return "市全域" if reach == "all" else "個人の情報を含まない集計"


def account(user: User) -> None:
    """Who is signed in, in the side bar, with the way out."""
    with st.sidebar:
        st.text(f"{user.display_name}")
        st.caption(f"{permissions().roles[user.role].title}　{user.section}")
        if elsewhere := displaced():
            st.warning(f"このサインインで、端末 {elsewhere} で開いていた画面を終えました。心当たりがないときは、すぐにシステム管理者に連絡してください。",
                       icon=":material/devices:")
        st.link_button("自分のアカウント", "/auth/account", icon=":material/manage_accounts:", width="stretch")
        if decide(user, "account.read").allowed:
            st.link_button("アカウント管理", "/auth/accounts", icon=":material/group:", width="stretch")
        st.button("サインアウト", icon=":material/logout:", on_click=sign_out, width="stretch")
        if settings.is_demo_clock():
            st.caption(f"デモ環境: 架空の市のデータです。今日を {wareki_with_weekday(settings.today())} として動いています。"
                       + ("第二の認証（認証コード）なしで動いています。" if settings.second_factor() == "none" else ""))
