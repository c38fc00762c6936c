"""The one place of the カルテ to record something: a choice of kind and the fitting form. Nothing typed is lost when refused."""

from datetime import date

import streamlit as st

import settings
from auth.access import NotAllowed, User, decide
from auth.current import current_user, must_be_confirmed
from auth.step_up import NotConfirmed
from casework.kinds import Field, Kind, kinds
from casework.ledger import Conflict, EventRefused, LedgerUnavailable
from casework.record import EntryRefused, record
from data_access.planning import PlanImpossible
from data_access.query import ask, looking_at, subject
from pages.parts import draft, wording
from pages.parts.allocation_form import allocation_fields, proposed
from pages.parts.as_of import chosen as chosen_day
from pages.parts.confirmation import confirm_first
from pages.parts.consolidation import suspects
from pages.parts.note_form import note_form
from pages.parts.plan_form import plan_fields, promised
from pages.parts.whom import UNCONFIRMED, identity, is_right, whom

NOTE, FORM, PROPOSED = "記事", "entry", "allocation"
SHORT = ("day", "deadline", "choice", "number", "integer")
NONE_LEFT = {
    "plan_cancellation": "ここで記録した分納で、取り消していないものはありません。",
    "protection_lift": "ここで登録した支援措置で、解除していないものはありません。",
    "finding_confirmation": "確かめるのを待つ居所調査・送付先はありません。",
    "duplicate_decision": "判断を待つ名寄せの候補はありません。",
}
UNDONE = {"plan_cancellation": "case_plans", "protection_lift": "case_marks", "finding_confirmation": "case_findings"}  # kind → the question that lists what still stands


def record_part(user: User, person: dict, as_of: date) -> None:
    """Show what may be recorded of `person` (a row of case_head), and the outcome of the last attempt."""
    atena_ref, version = person["atena_ref"], person["note_version"]  # the state of the case on this screen
    may_write = [kind for kind in kinds().values() if not kind.is_decided and decide(user, kind.action).allowed]
    labels = [NOTE] * decide(user, "note.write").allowed + [kind.label for kind in may_write]
    if not labels:
        return
    if decide(user, "note.write").allowed:
        identity(user, atena_ref)
    outcome, text = next((told for told in (draft.said("note"), draft.said(FORM)) if told[0]), (None, None))
    is_refused = outcome in ("error", "warning")
    newest = draft.opened("note", atena_ref) + draft.opened(FORM, atena_ref)  # after a saved form the part is new, and closed
    with st.expander("記事を書く・分納や催告などを記録する", icon=":material/edit_note:", expanded=is_refused, key=f"record_{newest}"):
        whom(user, person)
        chosen = st.segmented_control("種類", labels, default=labels[0], key="entry_kind", required=True)
        if is_refused:
            getattr(st, outcome)(text)
        if chosen == NOTE:
            note_form(atena_ref, version)
        else:
            _entry_form(user, atena_ref, version, next(kind for kind in may_write if kind.label == chosen), as_of)
    if outcome == "success":
        st.success(text, icon=":material/check_circle:")


def _entry_form(user: User, atena_ref: str, version: int, kind: Kind, as_of: date) -> None:
    """No st.form: what is chosen first (期別, 回数) decides what is asked and shown next."""
    event_id = draft.opened(FORM, atena_ref)
    owed = {row["installment_key"]: row for row in ask(user, "case_installments", atena_ref=atena_ref, only_overdue=True).iter_rows(named=True)}
    listed = _listed(user, atena_ref, kind)
    none_left = NONE_LEFT.get(kind.name)
    if none_left and not listed:
        st.info(none_left, icon=":material/info:")
        return
    short = [field for field in kind.fields if field.type in SHORT]
    for place, field in zip(st.columns(max(3, len(short))), short, strict=False):
        with place:
            _short(field, _key(field, event_id))
    for field in kind.fields:
        _long(field, _key(field, event_id), owed, listed)
    if kind.name == "reminder":
        _paid_meanwhile(kind, event_id, owed)
    if kind.name == "allocation_record":
        allocation_fields(user, atena_ref, *_collected(kind, event_id))
    if kind.name == "installment_plan":
        plan_fields(user, atena_ref, event_id, st.session_state[_key(kind.field("installments"), event_id)], as_of)
    is_same_person = not kind.asks_again or confirm_first(f"again_{FORM}")
    st.button("記録する", type="primary", icon=":material/save:", key=f"save_{event_id}", on_click=_record, args=(atena_ref, version, event_id, kind, as_of),
              disabled=not is_same_person)


def _paid_meanwhile(kind: Kind, event_id: str, owed: dict[str, dict]) -> None:
    """Of the 期別 chosen for a letter those with a 速報, said before it is recorded; to send it all the same is confirmed."""
    chosen = (owed[one] for one in st.session_state[_key(kind.field("installments"), event_id)] if one in owed)
    paid = [f"{wording.fiscal(row['levy_year'])} 第{int(row['installment_no'])}期 速報 {wording.yen(row['flash_yen'])}" for row in chosen if row["flash_yen"]]
    if paid:
        st.warning(f"納付の速報があります（まだ消し込まれていません）: {'、'.join(paid)}。収納を確かめ、納まった期別を外してください。", icon=":material/payments:")
        confirmed = kind.field("is_sent_though_paid")
        st.checkbox(confirmed.label, key=_key(confirmed, event_id))


def _collected(kind: Kind, event_id: str) -> tuple[int | None, date | None]:
    """What a form of 充当 says came in, and when."""
    return tuple(st.session_state[_key(kind.field(name), event_id)] for name in ("collected_yen", "collected_on"))


def _listed(user: User, atena_ref: str, kind: Kind) -> dict[str, str]:
    """What an entry of this kind is about, where it is one of a list: its key → how it is said."""
    if kind.name in UNDONE:
        standing = ask(user, UNDONE[kind.name], atena_ref=atena_ref)
        return {row["event_id"]: "　".join(filter(None, (wording.in_wareki(row["summary"]), row.get("written_by")))) for row in standing.iter_rows(named=True)}
    return suspects(ask(user, "case_duplicates", atena_ref=atena_ref)) if kind.name == "duplicate_decision" else {}


def _key(field: Field, event_id: str) -> str:
    return f"{FORM}_{field.name}_{event_id}"


def _short(field: Field, key: str) -> None:
    match field.type:
        case "day":
            earliest = settings.today().replace(year=settings.today().year - field.years - 1, month=1, day=1)
            st.date_input(field.label, value=settings.today() if field.years == 1 else None, min_value=earliest, max_value=settings.today(), format="YYYY/MM/DD", key=key)
        case "deadline":
            st.date_input(field.label, value=None, min_value=settings.today(), format="YYYY/MM/DD", key=key)
        case "choice":
            st.selectbox(field.label, field.values, index=None, placeholder="選ぶ", key=key)
        case "number":
            st.text_input(field.label, max_chars=field.digits, key=key, autocomplete="off")
        case "integer":
            st.number_input(field.label, min_value=1, max_value=field.most, value=1, step=1, key=key)


def _long(field: Field, key: str, owed: dict[str, dict], listed: dict[str, str]) -> None:
    match field.type:
        case "text":
            st.text_input(field.label, max_chars=field.longest, key=key, autocomplete="off", placeholder="" if field.required else "なければ空のまま")
        case "flag":
            st.checkbox(field.label, key=key)
        case "event" | "suspect":
            st.selectbox(field.label, list(listed), format_func=lambda one: listed.get(one, "—"), key=key)
        case "installments":
            st.multiselect(field.label, list(owed), default=list(owed), format_func=lambda one: _said(owed[one]), placeholder="期別を選ぶ", select_all=False, key=key)
        case "yen_by_installment" if field.offered != PROPOSED:
            chosen = st.multiselect(field.label, list(owed), format_func=lambda one: _said(owed[one]), placeholder="期別を選ぶ", select_all=False, key=key)
            for one in chosen:
                st.number_input(f"{field.amount}（円）　{_said(owed[one])}", min_value=1, step=100, value=owed[one][field.offered] or None, key=f"{key}_{one}")


def _said(row: dict) -> str:
    charge = f"　延滞金 {wording.yen(row['charge_yen'])}" if row["charge_yen"] else ""
    return f"{wording.fiscal(row['levy_year'])} 第{int(row['installment_no'])}期　{wording.yen(row['unpaid_yen'])}{charge}"


def _typed(user: User, atena_ref: str, event_id: str, kind: Kind, as_of: date) -> dict[str, object]:
    """The fields as casework takes them. Raises PlanImpossible."""
    typed = {}
    for field in kind.fields:
        key = _key(field, event_id)
        if field.type == "parts":
            typed[field.name] = promised(user, atena_ref, event_id, typed["installments"], as_of)
        elif field.offered == PROPOSED:
            typed[field.name] = proposed(user, atena_ref, *_collected(kind, event_id))
        elif field.type == "yen_by_installment":
            typed[field.name] = {one: st.session_state[f"{key}_{one}"] for one in st.session_state[key]}
        else:
            typed[field.name] = st.session_state.get(key) if field.type == "paid_flag" else st.session_state[key]
    return typed


def _record(atena_ref: str, version: int, event_id: str, kind: Kind, as_of: date) -> None:
    user = current_user()  # as of this click: what was true when the form was drawn may have been taken away
    if user is None:
        return
    if not is_right(atena_ref):
        draft.say(FORM, "error", UNCONFIRMED)
        return
    try:
        if kind.asks_again:
            must_be_confirmed()
        with looking_at(chosen_day(user)):
            whose = subject(user, atena_ref)
        event = record(user, whose, kind.name, event_id=event_id, expected_version=version,
                       fields=_typed(user, atena_ref, event_id, kind, as_of), today=settings.today())
    except EntryRefused as refusal:
        draft.say(FORM, "error", "　".join(sentence for _, sentence in refusal.errors))
    except Conflict as conflict:
        draft.say(FORM, "warning", f"{conflict} 入力した内容は残っています。経過を確かめて、もう一度「記録する」を押してください。")
    except (NotAllowed, NotConfirmed, PlanImpossible, EventRefused, LedgerUnavailable) as failure:
        draft.say(FORM, "error", str(failure))
    else:
        draft.saved(FORM, f"{wording.wareki(event.occurred_on)}の{kind.label}を記録しました。経過に載っています。")
