"""復元: from the snapshot shown now back to an older kept one."""

import streamlit as st

from auth.access import User, decide
from casework.approval import undeclined
from casework.ledger import Event
from casework.snapshot_rollback import ROLLBACK, approve, propose
from data_access.query import Kept, Standing, kept
from pages.parts import wording
from pages.parts.approval_form import events, history, propose_form, told, waiting_part

COMMAND = "python -m data_access.rollback"
CARRIED_OUT = f"システム管理者がサーバーで {COMMAND} を実行すると、戻ります。"


def rollback_part(user: User, stands: Standing) -> None:
    """What is published, the state of the newest proposal, and what this person may do about it."""
    st.subheader("復元（前のデータへ戻す）", anchor=False)
    st.text(f"公開中　{wording.wareki_with_weekday(stands.as_of)}分　{stands.snapshot_id}　{wording.clock(stands.published_at.isoformat())} 公開")
    happened = events(ROLLBACK)
    told(ROLLBACK)
    _state(user, stands, undeclined(ROLLBACK, happened))
    if decide(user, ROLLBACK.propose_action).allowed:
        _propose(stands, happened)
    history(ROLLBACK, happened, _describe)


def _state(user: User, stands: Standing, happened: list[Event]) -> None:
    if not happened:
        st.caption("提案はありません。")
    elif happened[-1].kind == ROLLBACK.proposal:
        waiting_part(user, ROLLBACK, happened[-1], _describe(happened[-1]), approve, CARRIED_OUT)
    else:
        agreed = next(event for event in happened if event.event_id == happened[-1].payload["proposal"])
        if agreed.payload["target"] == stands.snapshot_id:
            st.caption(f"最後に承認された復元（{_describe(agreed)}）は、実行されています。")
        elif agreed.payload["leaving"] == stands.snapshot_id:
            st.info(f"承認済みで、まだ実行されていません。{_describe(agreed)}。{CARRIED_OUT}", icon=":material/terminal:")
        else:
            st.caption(f"最後に承認された復元（{_describe(agreed)}）は、承認の後に公開中のデータが変わったため効きません。")


def _propose(stands: Standing, happened: list[Event]) -> None:
    older = {each.id: each for each in kept() if each.id != stands.snapshot_id}
    is_waiting = bool(happened) and happened[-1].kind == ROLLBACK.proposal
    with st.expander("復元を提案する", icon=":material/settings_backup_restore:", key=f"rollback_propose_{len(happened)}"):
        if not older:
            st.info("戻せるスナップショットがありません。", icon=":material/info:")
            return
        target = st.selectbox("戻す先", list(older), format_func=lambda name: _name(older[name]), key="rollback_target")
        later = sum(each.business_date > older[target].business_date for each in older.values()) + 1
        st.text(f"戻すと、{wording.wareki(older[target].business_date)}より後の{later}回分の公開が取り下げられます。記録した記事などは消えません。\n"
                "戻した後は、その翌日の連携から取り込み直します。")
        propose_form(ROLLBACK, target + stands.snapshot_id, lambda who, **fields: propose(who, target=target, leaving=stands.snapshot_id, **fields),
                     len(happened), button="復元を提案する", replaces=is_waiting)


def _name(each: Kept) -> str:
    return f"{wording.wareki_with_weekday(each.business_date)}分　{wording.clock(each.published_at.isoformat())} 公開　{each.id}"


def _describe(event: Event) -> str:
    said = event.payload
    if "target" in said:
        return f"{said['leaving']} から {said['target']} へ"
    return "最新の提案を承認" if event.kind == ROLLBACK.approval else "最新の提案を差戻し・取下げ"
