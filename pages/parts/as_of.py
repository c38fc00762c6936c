"""基準日: which kept snapshot this session looks at; the newest unless somebody chose. The choice is in the URL too."""

import streamlit as st

from auth.access import User
from data_access.query import Kept, kept, offered_to
from pages.parts import wording

CHOSEN, BOX, IN_URL = "as_of_chosen", "as_of_box", "as_of"
REFUSED = "as_of_refused"


def selector(user: User) -> None:
    """In the side bar: every day that may be looked at, the newest first. Nothing before there are two."""
    days = _days(user)
    if len(days) < 2:
        return
    newest = next(iter(days))
    shown = st.session_state[BOX] = _day(days) or newest
    st.sidebar.selectbox("基準日", list(days), key=BOX, on_change=_choose, args=(newest,),
                         format_func=lambda day: _name(days[day], is_newest=days[day].id == kept()[0].id))
    st.sidebar.caption(f"{wording.clock(days[shown].published_at.isoformat())} 公開")


def chosen(user: User) -> str | None:
    """The snapshot that this session looks at; None = the newest of all. A day that is not kept is dropped, and refused() says so."""
    days = _days(user)
    day = _day(days) or next(iter(days), None)
    return days[day].id if day and days[day].id != kept()[0].id else None


def refused() -> bool:
    """True once after a link asked for a day that is not kept."""
    return st.session_state.pop(REFUSED, False)


def back() -> None:
    """Look at the newest again: for a button's on_click."""
    st.session_state.pop(CHOSEN, None)
    st.query_params.pop(IN_URL, None)


def _day(days: dict[str, Kept]) -> str | None:
    """The chosen day, the same in the session and in the URL. A link's word is newer than the session's; the menu
    opens pages without it, so it is put back."""
    asked = st.query_params.get(IN_URL) or st.session_state.get(CHOSEN)
    if asked in days and asked != next(iter(days)):
        st.session_state[CHOSEN] = asked
        if st.query_params.get(IN_URL) != asked:
            st.query_params[IN_URL] = asked
        return asked
    if asked and asked not in days:
        st.session_state[REFUSED] = True
    back()
    return None


def _choose(newest: str) -> None:
    day = st.session_state[BOX]
    back()
    if day != newest:
        st.session_state[CHOSEN] = st.query_params[IN_URL] = day


def _days(user: User) -> dict[str, Kept]:
    """業務日 as in the URL → its snapshot, the newest first, of those this person may look at."""
    days: dict[str, Kept] = {}
    for each in offered_to(user):
        days.setdefault(each.business_date.isoformat(), each)
    return days


def _name(each: Kept, *, is_newest: bool) -> str:
    published = each.published_at.astimezone(wording.JAPAN)
    weekday = wording.WEEKDAYS[each.business_date.weekday()]
    return f"{wording.short(each.business_date)}（{weekday}）" + ("最新" if is_newest else f"{published.month}/{published.day}公開")
