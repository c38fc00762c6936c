"""保留の取込: why it waits, and for those who may, the form that publishes it or sends it back."""

import streamlit as st

import settings
from auth.access import User, decide
from casework import ledger
from casework.intake_decision import ACTION, DECISIONS, LONGEST_REASON, decide_intake, subject
from casework.ledger import Event, LedgerUnavailable
from pages.parts import draft, wording
from pages.parts.attempt import attempt, outcome
from pages.parts.confirmation import confirm_first

FORM = "intake_decision"
MEANING = {"公開": "隔離した行を除いて公開する", "差戻し": "公開しない。直ったファイルが届くまで前の日を表示する"}
NEXT = "次の取込（夜間の処理、または端末で make intake）のときに反映されます。"
MOST_REASONS = 20


def held_part(user: User, held: dict, *, is_newest: bool) -> None:
    """One held intake (a row of query.held_intakes): reasons, who decided what so far, and the form."""
    day = held["business_date"]
    with st.container(border=True, key=f"held_{day.isoformat()}"):
        st.subheader(f"{wording.wareki_with_weekday(day)}の連携は、決定を待っています", anchor=False)
        st.caption(f"{wording.clock(held['started_at'])} の取込で保留しました。決定があるまで、前に公開したデータを表示します。")
        _reasons(held["reasons"])
        try:
            events = ledger.events_of(subject(day))
        except LedgerUnavailable as failure:
            st.error(str(failure), icon=":material/error:")
            return
        decided = _decided(events, held["digest"])
        outcome(f"{FORM}_{day}")
        if not decide(user, ACTION).allowed:
            st.caption("公開するか差し戻すかは、課長かシステム管理者が決めます。")
        elif not is_newest:
            st.caption("前の基準日を表示している間は決められません。")
        elif decided:
            with st.expander("決定を改める"):
                _form(held, len(events))
        else:
            _form(held, len(events))


def _reasons(reasons: list[str]) -> None:
    st.markdown(f"**保留の理由（{len(reasons):,}件）**")
    for sentence in reasons[:MOST_REASONS]:
        st.text(f"・{wording.in_wareki(sentence)}")
    if len(reasons) > MOST_REASONS:
        st.caption(f"ほか {len(reasons) - MOST_REASONS:,}件。下の「不備」に全部あります。")


def _decided(events: list[Event], digest: str) -> bool:
    """Tell the newest decision on exactly this content, or that an older one is void."""
    if not events:
        return False
    said = events[-1].payload
    who = f"{said['officer_name']}　{wording.clock(events[-1].recorded_at)}"
    is_valid = said["digest"] == digest
    if is_valid:
        st.info(f"**{said['decision']}** が決定されています（{who}）。{NEXT}", icon=":material/how_to_reg:")
    else:
        st.caption(f"前の決定（{said['decision']}、{who}）は、連携の中身か保留の理由が変わったため効きません。")
    st.text(f"理由　{said['reason']}")
    return is_valid


def _form(held: dict, version: int) -> None:
    """One event_id per opened form, in the name of every field, as in note_form."""
    form = f"{FORM}_{held['business_date']}"
    event_id = draft.opened(form, held["digest"])
    is_same_person = confirm_first(f"again_{form}")
    with st.form(f"{FORM}_{event_id}", border=False, enter_to_submit=False):
        st.radio("決定", DECISIONS, index=None, key=f"decision_{event_id}", captions=[MEANING[each] for each in DECISIONS], horizontal=True)
        st.text_area("理由", key=f"reason_{event_id}", height=90, placeholder=f"誰に何を確かめたか（{LONGEST_REASON}文字まで）。個人番号や個人の名は書かない。")
        st.checkbox("保留の理由をすべて読み、送信元に確かめた", key=f"confirmed_{event_id}")
        st.form_submit_button("決定を記録する", type="primary", icon=":material/how_to_reg:", on_click=_record, args=(form, held, version, event_id),
                              disabled=not is_same_person)


def _record(form: str, held: dict, version: int, event_id: str) -> None:
    decision = st.session_state[f"decision_{event_id}"] or ""
    attempt(form, f"confirmed_{event_id}", lambda user: decide_intake(
        user, event_id=event_id, expected_version=version, business_date=held["business_date"], report_id=held["id"], digest=held["digest"],
        decision=decision, reason=st.session_state[f"reason_{event_id}"] or "", today=settings.today()),
        f"{wording.wareki(held['business_date'])}の連携の{decision}を決定しました。まだ公開は変わっていません。{NEXT}", asks_again=True)
