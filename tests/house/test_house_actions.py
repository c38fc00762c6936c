"""Every action that the code writes into the access log has a name in the office's words, and no name is without use."""

import ast
import re

import pytest

from audit.words import NAMES
from auth.access import permissions
from tests.house.tree import Source, dotted, parsed, product, told

WRITERS = {"log.append", "refusal.record"}
ACTION = re.compile(r"[a-z_]+(\.[a-z_]+)*")


def _texts(node: ast.AST, constants: dict[str, str]) -> set[str]:
    """The actions an expression can be: a text, one of two, a constant of the module."""
    if isinstance(node, ast.IfExp):
        return _texts(node.body, constants) | _texts(node.orelse, constants)
    if isinstance(node, ast.Name):
        return {constants[node.id]} if node.id in constants else set()
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) and ACTION.fullmatch(node.value) else set()


def _constants(source: Source) -> dict[str, str]:
    return {node.targets[0].id: node.value.value for node in source.tree.body
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Constant)}


def _given(call: ast.Call, place: int, keyword: str) -> ast.AST | None:
    named = next((each.value for each in call.keywords if each.arg == keyword), None)
    return named or (call.args[place] if 0 <= place < len(call.args) else None)


def _passing_on(source: Source) -> dict[str, tuple[int, str]]:
    """Functions that hand a parameter of theirs on as the action: name → (place of the parameter, its name)."""
    found = {}
    for function in ast.walk(source.tree):
        if isinstance(function, ast.FunctionDef):
            names = [each.arg for each in function.args.args]
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and dotted(call.func) in WRITERS:
                    action = _given(call, -1, "action")
                    parts = {node.id for node in ast.walk(action) if isinstance(node, ast.Name)} if action else set()
                    for name in parts & set(names):
                        found[function.name] = names.index(name), name
    return found


def written(sources: list[Source]) -> dict[str, set[str]]:
    """Action → the files that write it into the access log."""
    found: dict[str, set[str]] = {"refused": {"audit/refusal.py"}}
    elsewhere = {"note_write": (1, "action"), "prove": (1, "refused_as")}
    for source in sources:
        passing, constants = elsewhere | _passing_on(source), _constants(source)
        for call in ast.walk(source.tree):
            if isinstance(call, ast.Call):
                name = dotted(call.func)
                place, keyword = (-1, "action") if name in WRITERS else passing.get(name.split(".")[-1], (-1, ""))
                action = _given(call, place, keyword) if keyword else None
                for text in _texts(action, constants) if action else ():
                    found.setdefault(text, set()).add(source.path)
        for function in ast.walk(source.tree):
            if isinstance(function, ast.FunctionDef) and function.name in elsewhere:
                for default in function.args.defaults:
                    found |= {text: {source.path} for text in _texts(default, constants)}
    return found


@pytest.fixture(scope="module")
def found() -> dict[str, set[str]]:
    return written(product())


def test_every_action_written_has_a_name_in_the_office_s_words(found):
    assert {"session.start", "session.refused", "step_up.refused", "reveal.begin", "reveal.ask", "export", "account.unlock", "staff_feed.reconcile"} <= found.keys()
    complaints = told(f"{', '.join(sorted(found[action]))}: 操作 {action} の日本語の名前がありません。audit/words.py に書いてください。"
                      for action in found.keys() - NAMES.keys() - permissions().actions.keys())
    assert not complaints, complaints


def test_no_name_is_without_use_or_twice(found):
    assert NAMES.keys() - found.keys() == set()
    assert NAMES.keys() & permissions().actions.keys() == set()


def test_the_rule_sees_an_action_behind_a_function_of_its_own():
    text = 'def _note(user, action):\n    log.append(actor=user, action=action)\n\n_note("x", "new.thing" if True else "other.thing")\n'
    assert {"new.thing", "other.thing"} <= written([parsed("auth/new.py", text)]).keys()
