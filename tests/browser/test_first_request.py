"""A server that has just started: whoever asks first, for whichever page, gets nothing that is not theirs.

Streamlit runs a pages/ folder beside its main script by itself on the first request after a start; see docs/decisions.md.
"""

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import InvalidStatus

from pages import REGISTER
from tests.auth.visitor import Line, Visitor
from tests.browser.conftest import PASSWORDS, server_at

pytestmark = pytest.mark.slow

PATHS = ["/", *(f"/{entry.module}" for entry in REGISTER), "/menu", "/parts", "/pages/case.py"]
OTHERS_PAGES = [("bunseki", "district_worklist"), ("bunseki", "case"), ("choju", "collection_rate"), ("kanri", "suspension_candidates")]


@pytest.mark.parametrize("path", ["/district_worklist", "/case", "websocket"])
def test_the_very_first_request_is_a_strangers(own_home, path):
    with server_at(own_home) as server:
        stranger = Visitor(server)
        if path == "websocket":
            refused(stranger)
        for each in [path, *PATHS] if path.startswith("/") else PATHS:
            answer = stranger.get(each)
            assert answer.status in (303, 401), each
            assert answer.header("location") in ("/auth/sign-in", ""), each
            assert answer.text in ("", "サインインしてください。"), each
        refused(stranger)
        page = stranger.get("/auth/sign-in").text
        assert "利用者ID" in page
        assert "滞納額" not in page


def refused(stranger: Visitor) -> None:
    with pytest.raises(InvalidStatus) as refusal, stranger.line():
        raise AssertionError("the Gate accepted a stranger's socket")
    assert refusal.value.response.status_code == 403


@pytest.mark.parametrize(("name", "module"), OTHERS_PAGES, ids=str)
def test_the_very_first_screen_is_not_anothers(own_home, name, module):
    """The first script run of the process is for a page that this role may not open: only the home page answers."""
    with server_at(own_home) as server:
        visitor = Visitor(server)
        assert visitor.sign_in(name, PASSWORDS[name]).status == 303
        assert visitor.get(f"/{module}").status == 200, "the empty shell; data comes over the socket alone"
        with visitor.line() as line:
            elements = first_screen(line, module)
    assert not [element for element in elements if element.WhichOneof("type") == "dataframe"]
    titles = [element.heading.body for element in elements if element.heading.tag == "h1"]
    assert titles in ([], ["ホーム"]), titles


def test_the_very_first_screen_is_its_own_users(own_home):
    """The tests above are not empty: the same request by somebody who may, gets the list."""
    with server_at(own_home) as server:
        visitor = Visitor(server)
        visitor.sign_in("tanto2", PASSWORDS["tanto2"])
        with visitor.line() as line:
            elements = first_screen(line, "district_worklist")
    assert [element for element in elements if element.WhichOneof("type") == "dataframe"]
    assert [element.heading.body for element in elements if element.heading.tag == "h1"] == ["地区ワークリスト"]


def first_screen(line: Line, module: str) -> list:
    """The elements drawn for somebody whose browser asks for the page `module`."""
    message = BackMsg()
    message.rerun_script.page_name = module
    line.say(message)
    elements = []
    for frame in line.frames(20):
        elements.append(frame.delta.new_element)
        if frame.WhichOneof("type") == "script_finished":
            return elements
    raise AssertionError("the script did not finish")
