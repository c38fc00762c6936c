"""連携状況: per day and system what was due and came, what waits for a decision, every intake, and one in full."""

import polars as pl
import streamlit as st

from auth.access import User, decide
from data_access import feed_status
from data_access.connection import NothingPublished
from data_access.contract import systems
from data_access.query import Standing, held_intakes
from pages.parts import tables, wording
from pages.parts.heading import heading
from pages.parts.intake_decision_form import held_part
from pages.parts.intake_detail import intake_detail

TITLE, CHOSEN = "連携状況", "intake"
SHORT = {"国民健康保険": "国保", "個人住民税": "住民税", "軽自動車税": "軽自動車", "固定資産税": "固定資産"}
MEANING = {
    "公開": "取り込んで公開した（隔離の数字は、除けた行）",
    "到着": "届いている。ほかのシステムか決定を待つ",
    "保留": "課長かシステム管理者の決定を待つ",
    "拒否": "受け入れられない。送信元の直しを待つ",
    "未着": "期限を過ぎても届かない",
    "予定": "期限の前で、まだ届いていない",
    "記録破損": "取込の記録が読めない。公開中のデータは無事で、次の取込が作り直す",
    "閉庁日": "開庁日でない日のフォルダが置き場にある。取り込まない",
    "取下げ": "公開したが、復元で前の日に戻した",
    "—": "送る予定がない",
}


def render(user: User) -> None:
    """Works before the first publish too: then there are intakes and decisions, and no 基準日."""
    stands = _top(user)
    is_newest = stands is None or stands.is_newest
    until = None if is_newest else stands.published_at
    may_look = decide(user, "feed.detail").allowed
    board = feed_status.board(user, until)
    if is_newest:
        _alarms(board, stands, tells_held=not may_look)
    if may_look and is_newest:
        for held in held_intakes(user).iter_rows(named=True):
            held_part(user, held, is_newest=is_newest)
    _board(board)
    history = feed_status.history(user, until)
    _history(history)
    if is_newest and stands is not None:
        _sent(feed_status.sent(user))
    if not may_look:
        st.caption("連携ファイルの詳細は、係長・課長・システム管理者が確認します。")
    elif history["id"].count():
        _chosen(user, history)


def _top(user: User) -> Standing | None:
    try:
        return heading(TITLE, user)
    except NothingPublished as empty:
        st.title(TITLE, anchor=False)
        st.info(str(empty), icon=":material/inbox:")
        return None


def _alarms(board: pl.DataFrame, stands: Standing | None, *, tells_held: bool) -> None:
    """What keeps the newest data off the screens, in a sentence a day; a held day only for those who do not see its reasons."""
    published = stands.as_of if stands else None
    for row in board.sort("business_date").iter_rows(named=True):
        day = wording.short(row["business_date"])
        if "（再送は" in row["outcome"]:
            st.warning(f"{day} の送り直しは公開していません。前に公開したデータをそのまま表示しています。", icon=":material/warning:")
        if row["flash_aside_count"]:
            st.warning(f"{day} の速報のうち {row['flash_aside_count']:,}件を除けています。だれが納めたか分からないので、催告の前に収納システムで確かめてください。",
                       icon=":material/warning:")
        if row["outcome"] == feed_status.CLOSED:
            st.warning(f"{day} は開庁日でないので、フォルダ inbox/{row['business_date']} を取り込んでいません（そのまま残しています）。"
                       "システム管理者が、正しい対象日の名前に直すか、置き場の外へ移してください。", icon=":material/folder_off:")
        if published and row["business_date"] <= published:
            continue
        if row["outcome"] == "拒否":
            st.error(f"{day} の連携は受け入れられませんでした。前に公開したデータをそのまま表示しています。", icon=":material/error:")
        elif row["outcome"] == "保留" and tells_held:
            st.warning(f"{day} の連携は保留中です。課長かシステム管理者の決定を待っています。", icon=":material/hourglass_top:")
        elif row["outcome"] == "未着":
            late = [system.name for system in systems().values() if row[system.code] == "未着"]
            st.error(f"{day} の連携が期限を過ぎても届いていません（{'・'.join(late)}）。届くまで前のデータを表示します。", icon=":material/error:")


def _board(board: pl.DataFrame) -> None:
    st.subheader(f"直近の{feed_status.DAYS}業務日", anchor=False)
    sent = [system for system in systems().values() if set(board[system.code]) - {feed_status.NOT_DUE}]
    days = [f"{wording.short(day)}（{wording.WEEKDAYS[day.weekday()]}）" for day in board["business_date"]]
    shown = board.select(pl.Series("対象日", days, dtype=pl.String), pl.col("outcome").alias("全体"),
                         *(pl.col(system.code).alias(_short(system.name)) for system in sent))
    if shown.is_empty():
        st.caption("届いた連携も取込の記録も、まだありません。")
        return
    st.dataframe(shown, hide_index=True, row_height=tables.ROW_HEIGHT, alt="直近の業務日ごと・システムごとの連携の状態の表", key="feed_board")
    with st.expander("言葉の意味"):
        st.text("\n".join(f"{word}　{says}" for word, says in MEANING.items()))


def _short(name: str) -> str:
    bare = name.removesuffix("システム")
    return SHORT.get(bare, bare)


def _history(history: pl.DataFrame) -> None:
    if history.is_empty():
        return  # the board has said so
    st.subheader("取込と公開の履歴", anchor=False)
    days = pl.Series("business_date", [wording.short(day) for day in history["business_date"]], dtype=pl.String)
    tables.show(history.with_columns(days), ["started_at", "business_date", "outcome", "row_count", "loaded", "quarantined_count", "problem_count", "decided", "snapshot_id"],
                empty="", alt="取込と復元の履歴の表。新しいものから", key="feed_history")


def _sent(sent: pl.DataFrame) -> None:
    st.subheader("他のシステムへ返した連携", anchor=False)
    days = pl.Series("business_date", [wording.short(day) for day in sent["business_date"]], dtype=pl.String)
    tables.show(sent.with_columns(days), ["business_date", "system_name", "file_count", "row_count"],
                empty="まだ書き出していません。", alt="他のシステムへ返した連携の表。対象日とシステムごと", key="feed_sent")


def _chosen(user: User, history: pl.DataFrame) -> None:
    st.subheader("取込の詳細", anchor=False)
    runs = {row["id"]: row for row in history.iter_rows(named=True) if row["id"]}
    if st.session_state.get(CHOSEN) not in runs:
        st.session_state.pop(CHOSEN, None)
    chosen = st.selectbox("詳しく見る取込", list(runs), key=CHOSEN, format_func=lambda report_id: _name(runs[report_id]))
    intake_detail(user, chosen)


def _name(row: dict) -> str:
    return f"{wording.short(row['business_date'])}　{row['outcome']}　{wording.clock(row['started_at'])} の取込"
