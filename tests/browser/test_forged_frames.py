"""A browser that is no browser: values no select offers, a click that was captured, somebody else's ticket, a forged cookie.

Against the real app.py over a raw websocket. All of it is refused, nothing leaks, and what was tried is on record.
"""

import base64
import contextlib
import json
import sqlite3
import time

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus

import store
from auth import accounts, export_order, sessions
from auth.access import User
from data_access import connection, export
from tests.auth.visitor import Line, Visitor
from tests.browser.conftest import PASSWORDS, server_at
from tests.conftest import CLOCK

pytestmark = pytest.mark.slow

OFFICER, HERS = "tanto1", ("D01", "D02", "D03")
FORGED = ("D04", "S00", "D06' or '1'='1", "すべて", "../../etc/passwd", "\x00", "", "9" * 400)


@pytest.fixture
def server(own_home, monkeypatch):
    for name, value in {"HOME": str(own_home), "TODAY": CLOCK.business_date.isoformat(), "SECOND_FACTOR": "none"}.items():
        monkeypatch.setenv(f"CONSOLE_{name}", value)
    with server_at(own_home) as server:
        yield server
    store.engine().dispose()
    connection._engines.clear()


def signed_in(server, name: str) -> Visitor:
    visitor = Visitor(server)
    assert visitor.sign_in(name, PASSWORDS[name]).status == 303
    return visitor


def run(line: Line, module: str, *values: tuple[str, str, object]) -> tuple[list, bytes]:
    """One run of the page with these widget values (id, field, value): its elements, and every byte that came."""
    message = BackMsg()
    message.rerun_script.page_name = module
    for widget, field, value in values:
        state = message.rerun_script.widget_states.widgets.add(id=widget)
        if field == "string_array_value":
            state.string_array_value.data.extend(value)
        else:
            setattr(state, field, value)
    line.say(message)
    elements, heard = [], b""
    for frame in line.frames(30):
        elements.append(frame.delta.new_element)
        heard += frame.SerializeToString()
        if frame.WhichOneof("type") == "script_finished":
            return elements, heard
    raise AssertionError("the script did not finish")


def widgets(elements: list, kind: str) -> dict[str, str]:
    """Label → id of the widgets of one kind."""
    return {getattr(element, kind).label: getattr(element, kind).id for element in elements if element.WhichOneof("type") == kind}


def test_a_value_that_no_select_offers_shows_nobody_else(server, people):
    others = [person["name"].encode() for person in people if person["district_code"] not in HERS]
    with signed_in(server, OFFICER).line() as line:
        elements, heard = run(line, "district_worklist")
        assert any(person["name"].encode() in heard for person in people if person["district_code"] in HERS), "the ear works"
        selects = widgets(elements, "selectbox")
        assert {"地区", "並び順"} <= selects.keys()
        for label in ("地区", "並び順"):
            for value in FORGED:
                _, heard = run(line, "district_worklist", (selects[label], "string_value", value))
                assert not [name for name in others if name in heard], (label, value)
                assert b"Traceback" not in heard
    for name in ("bunseki", "choju"):
        with signed_in(server, name).line() as line:
            _, heard = run(line, "suspension_candidates", *((widget, "string_value", "D04") for widget in selects.values()))
            assert not [person["name"] for person in people if person["name"].encode() in heard]


def test_a_captured_click_is_worth_nothing_after_the_role_is_gone(server, people):
    with signed_in(server, "kacho").line() as line:
        elements, heard = run(line, "disclosures")
        assert "承認を待つもの".encode() in heard
        buttons = {**widgets(elements, "button"), **widgets(run(line, "district_worklist")[0], "button")}
        buttons.pop("サインアウト", None)
        accounts.change("kacho", role="ltc_reader")
        before = orders(server)
        for module in ("disclosures", "district_worklist"):
            elements, heard = run(line, module, *((widget, "trigger_value", True) for widget in buttons.values()))
            assert not [element for element in elements if element.WhichOneof("type") == "dataframe"]
            assert not [person["atena_ref"] for person in people if person["atena_ref"].encode() in heard]
    assert orders(server) == before


def orders(server) -> int:
    with sqlite3.connect(server.home / "store.sqlite") as kept:
        return kept.execute("select count(*) from export_order").fetchone()[0]


def test_after_the_account_is_disabled_no_click_is_heard(server, people):
    visitor = signed_in(server, OFFICER)
    with visitor.line() as line:
        run(line, "home")
        accounts.disable(OFFICER)
        with contextlib.suppress(ConnectionClosed):  # whatever still passes in the second that the Gate has, shows nobody
            _, heard = run(line, "district_worklist")
            assert not [person["name"] for person in people if person["name"].encode() in heard]
        time.sleep(1.2)
        with pytest.raises(ConnectionClosed):
            run(line, "district_worklist")
    with pytest.raises(InvalidStatus), visitor.line():
        raise AssertionError("a socket without a session")


def test_anothers_ticket_brings_nothing_and_is_on_record(server):
    chief, thief = signed_in(server, "kakari"), signed_in(server, OFFICER)
    sid = next(session.sid for session in sessions.live().values() if session.account == "kakari")
    user = User("kakari", "徴収係長（デモ）", "chief", "収納推進課")
    filters = {"queue": None, "district": None, "sort": "急ぐ順"}
    order = export.order(user, "worklist", filters, is_masked=True, purpose="納付催告", reason="月曜の催告の準備のため")
    ticket = export_order.ticket(user, sid, order.id)
    for path in (f"/export/{ticket}", f"/export/{ticket[:-1]}A", "/media/" + ticket, f"/_stcore/deferred/{ticket}"):
        answer = thief.get(path)
        assert answer.status in (401, 404), path
        assert "参照番号" not in answer.text
    assert chief.get(f"/export/{ticket}").status == 200, "the own session may, once"
    assert chief.get(f"/export/{ticket}").status == 404
    with sqlite3.connect(server.home / "store.sqlite") as kept:
        found = kept.execute("select actor, action, question from access_log where actor = ? and action = 'refused'", [OFFICER]).fetchall()
    assert (OFFICER, "refused", "export") in found


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


CLAIMS = {"username": "kacho", "role": "manager", "sid": "0" * 32, "exp_date": 9_999_999_999, "exp": 9_999_999_999}
COOKIES = [f"{part({'alg': algorithm, 'typ': 'JWT'})}.{part(CLAIMS)}.{signature}" for algorithm in ("none", "None", "HS256", "RS256")
           for signature in ("", "AAAA", part("some_signature_key"))] + ["", "null", "undefined", "kacho", "0" * 43, "A" * 4000, "' or 1=1 --"]


def test_no_forged_cookie_is_a_session(server):
    real = signed_in(server, "kacho")
    (name,) = [cookie for cookie in real.cookies if cookie != "form"][:1]
    assert real.get("/").status == 200
    for value in COOKIES:
        forger = Visitor(server)
        forger.cookies = {name: value}
        assert forger.get("/").status == 303, value
        assert forger.get("/_stcore/health").status == 401, value
        with pytest.raises(InvalidStatus), forger.line():
            raise AssertionError(value)
