"""Everything that can be reached, counted: each page, question, command, route and message has its row in the table."""

import ast
import asyncio
import re
from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest
from starlette.routing import Route
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.web.server.starlette.starlette_app import create_streamlit_routes

import pages
from auth import export_route, gate
from auth.access import permissions
from auth.frames import Frame, judge
from auth.sign_in import ROUTES
from tests.house.tree import ROOT, Source, dotted, product, texts

PUBLIC = {
    ("GET", "/auth/sign-in"), ("POST", "/auth/sign-in"), ("POST", "/auth/sign-out"), ("GET", "/auth/style.css"), ("GET", "/healthz"),
}  # fmt: skip
NO_ACTION = {("GET", "/auth/watch.js"), ("GET", "/auth/alive")}  # for every live session: they say nothing but "alive"
MESSAGES = {"rerun_script": Frame.HUMAN, "stop_script": Frame.HUMAN, "app_heartbeat": Frame.AUTOMATIC}


def routes() -> list[tuple[str, str, Route]]:
    return [(method, route.path, route) for route in ROUTES for method in route.methods - {"HEAD"}]


def test_the_public_list_is_exactly_sign_in_its_asset_and_health():
    assert gate.PUBLIC == PUBLIC


def test_every_route_is_public_or_alive_or_needs_an_action():
    for method, path, route in routes():
        action = getattr(route.endpoint, "action", None)
        if (method, path) in PUBLIC | NO_ACTION:
            assert action is None, path
        else:
            assert action in permissions().actions, (method, path)


def test_the_gate_lets_the_routes_through_and_nothing_else_of_ours():
    ours = {(method, path) for method, path, _ in routes()} - PUBLIC - NO_ACTION
    assert {path for method, path in ours if method == "GET"} == set(gate.FORM_PAGES)
    assert all(gate.FORMS.fullmatch(path) for _, path in ours)
    for path in ("/auth/accounts/", "/auth/accounts/x", "/auth/account/passwords", "/auth/confirm/x", "/auth/accountsx"):
        assert not gate.FORMS.fullmatch(path), path
    assert ours == {("GET", path) for path in GET_PATHS} | {("POST", path) for path in POST_PATHS}


GET_PATHS = ("/auth/account", "/auth/accounts", "/auth/confirm")
POST_PATHS = (
    "/auth/account/password", "/auth/account/code-offer", "/auth/account/code", "/auth/confirm",
    "/auth/accounts/propose", "/auth/accounts/decide", "/auth/accounts/disable", "/auth/accounts/review",
)  # fmt: skip


def app_routes() -> set[str]:
    """The routes that app.py adds, as it is written: it starts a console when it is imported."""
    app = next(source for source in product() if source.path == "app.py")
    (added,) = [each.value for node in ast.walk(app.tree) if isinstance(node, ast.Call) and dotted(node.func) == "st.App"
                for each in node.keywords if each.arg == "routes"]
    return {ast.unparse(each) for each in added.elts}


def test_app_adds_sign_in_and_the_export_and_nothing_else():
    """/export/<ticket> has no action of its own: the order's kind has (data_access.export), asked again when it is fetched."""
    assert app_routes() == {"*ROUTES", "export_route.route(export.make)"}
    route = export_route.route(lambda user, order: None)
    assert (route.path, route.methods) == ("/export/{ticket}", {"GET", "HEAD"})
    assert {verdict("GET", "/export/" + "a" * 43 + form) for form in ("", ".xlsx")} == {"on"}
    assert {verdict("GET", path) for path in ("/export/a", "/export/" + "a" * 44, "/export/" + "a" * 43 + "/b")} == {404}


def verdict(method: str, path: str) -> str | int:
    """What the Gate says to somebody signed in: passed "on", or the status of its own answer."""
    gatekeeper = gate.Gate(None)
    live = SimpleNamespace(is_ready=True, role="manager")

    async def find(_token):
        return live

    async def touch(_found, _source=""):
        return live
    gatekeeper._pulse = SimpleNamespace(find=find, touch=touch, seen_from=touch)
    headers = [(b"host", b"localhost"), (b"origin", b"http://localhost")]
    answer = asyncio.run(gatekeeper._answer({"type": "http", "method": method, "path": path, "headers": headers}))
    return answer.status_code if answer else "on"


# What of Streamlit's own the signed-in reach: whether it runs, its settings, the socket (every frame judged), its scripts and styles.
STREAMLIT_ON = {("GET", "/_stcore/health"), ("HEAD", "/_stcore/health"), ("GET", "/_stcore/host-config"), ("HEAD", "/_stcore/host-config")}
GATE_S_OWN = {("GET", "/oauth2callback"), ("HEAD", "/oauth2callback")}  # looks like a page: the Gate answers with its empty shell


def test_streamlit_s_own_routes_are_refused_but_for_those_named():
    seen = set()
    for route in create_streamlit_routes(MagicMock()):
        path = re.sub(r"{\w+(:path)?}", "a", getattr(route, "path", None) or "")
        for method in getattr(route, "methods", None) or ():
            seen.add((method, path))
            expected = "on" if (method, path) in STREAMLIT_ON else 200 if (method, path) in GATE_S_OWN else 404
            assert verdict(method, path) == expected, (method, path)
    assert seen >= STREAMLIT_ON | GATE_S_OWN
    assert {("GET", "/media/a"), ("PUT", "/_stcore/upload_file/a/a"), ("GET", "/_stcore/metrics"), ("POST", "/_stcore/agent/mcp")} <= seen


def test_somebody_not_ready_reaches_their_own_account_only():
    reached = {path for _, path, _ in routes() if gate.FIRST_STEPS.fullmatch(path)}
    assert reached == {"/auth/account", "/auth/account/password", "/auth/account/code-offer", "/auth/account/code", "/auth/alive", "/auth/watch.js"}


def test_every_page_has_a_row():
    assert {entry.action for entry in pages.REGISTER} <= permissions().actions.keys()
    files = {path.stem for path in (ROOT / "pages").glob("*.py")} - {"__init__", "menu"}
    assert files == {entry.module for entry in pages.REGISTER}


def test_every_question_has_a_row():
    found = {path: re.search(r"^-- action: *(\S+)", text, re.MULTILINE) for path, text in texts(".sql", under="queries/")}
    assert found
    assert {path for path, action in found.items() if action is None or action[1] not in permissions().actions} == set()


def commands() -> dict[str, list[ast.FunctionDef]]:
    """Every function and method of casework, by name: the written commands and what they call."""
    found: dict[str, list[ast.FunctionDef]] = {}
    for source in product():
        if source.package == "casework":
            for node in ast.walk(source.tree):
                if isinstance(node, ast.FunctionDef):
                    found.setdefault(node.name, []).append(node)
    return found


def called(function: ast.FunctionDef) -> set[str]:
    return {dotted(node.func).split(".")[-1] for node in ast.walk(function) if isinstance(node, ast.Call)}


def reaches(name: str, goal: str, known: dict, seen: frozenset = frozenset()) -> bool:
    if name in seen:
        return False
    return any(
        goal in called(function) or any(reaches(each, goal, known, seen | {name}) for each in called(function) & known.keys())
        for function in known[name]
    )


def test_every_command_that_writes_asks_for_a_right():
    """A command is a public function of casework that a user is given to, or that reaches the ledger."""
    known = commands()
    given = {name for name, each in known.items() for node in each if not name.startswith("_") and node.args.args[:1] and node.args.args[0].arg == "user"}
    assert {"propose", "approve"} <= given
    assert {name for name in given if not reaches(name, "decide", known)} == {"note_write"}  # it records, and writes nothing itself
    writers = {name for name, each in known.items() if any("append" in called(node) and _calls_ledger(node) for node in each)}
    writers -= {"append"}  # of case_decision's step, which writes for the commands that made it; they are among the given
    assert writers
    assert {name for name in writers if not reaches(name, "decide", known)} == set()


def _calls_ledger(function: ast.FunctionDef) -> bool:
    return any(isinstance(node, ast.Call) and dotted(node.func) == "ledger.append" for node in ast.walk(function))


def action_words(source: Source) -> set[str]:
    """Every text constant of a file that looks like an action."""
    consts = {node.value for node in ast.walk(source.tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {text for text in consts if text in permissions().actions}


def decided_words(source: Source):
    """(line, action) wherever decide(…, "…") or a Matter names one."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] in ("decide", "_check_allowed", "check_allowed", "check_reach", "may", "Matter", "shown", "answered"):
            for word in node.args:
                if isinstance(word, ast.Constant) and isinstance(word.value, str) and re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", word.value):
                    yield node.lineno, word.value


def test_every_action_that_the_code_asks_for_has_a_row():
    asked = [(source.path, line, action) for source in product() for line, action in decided_words(source)]
    assert len(asked) > 10
    assert [found for found in asked if found[2] not in permissions().actions] == []
    kinds = re.findall(r'^action = "([^"]+)"', (ROOT / "casework/kinds.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert kinds
    assert set(kinds) <= permissions().actions.keys()


def test_no_row_is_without_use():
    """A right that nothing asks for would be granted to nobody's benefit, and be forgotten."""
    used = {action for source in product() for action in action_words(source)}
    used |= {match for _, text in texts(".sql", under="queries/") for match in re.findall(r"^-- action: *(\S+)", text, re.MULTILINE)}
    used |= set(re.findall(r'^(?:\w+_)?action = "([^"]+)"', (ROOT / "casework/kinds.toml").read_text(encoding="utf-8"), re.MULTILINE))
    used |= set(re.findall(r'^action = "([^"]+)"', (ROOT / "data_access/export.toml").read_text(encoding="utf-8"), re.MULTILINE))
    assert permissions().actions.keys() - used == set()


@pytest.mark.parametrize("field", [field.name for field in BackMsg.DESCRIPTOR.fields])
def test_every_message_has_its_verdict(field):
    message = BackMsg()
    part = getattr(message, field)
    if hasattr(part, "SetInParent"):
        part.SetInParent()
    else:
        setattr(message, field, True if isinstance(part, bool) else "x")
    assert judge(message.SerializeToString()) is MESSAGES.get(field, Frame.REFUSED)
