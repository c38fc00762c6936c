"""Screens: nothing happens when a page file is imported, and every page is registered once."""

import ast
import tomllib

import pytest

import pages
from data_access.contract import labels
from tests.house.tree import ROOT, Source, dotted, imports, parsed, product, told

SCRIPT = "pages/menu.py"  # the one file that Streamlit runs from top to bottom
LIVE = ("streamlit", "data_access", "casework", "auth", "audit", "settings", "store")
# These only wrap a function; nothing runs before the page calls it.
HARMLESS_DECORATORS = ("st.fragment", "st.dialog")
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def page_files() -> list[Source]:
    return [source for source in product() if source.package == "pages" and source.path != SCRIPT]


def screens() -> list[Source]:
    """The files of pages/ itself: one screen each."""
    return [source for source in page_files() if source.path.count("/") == 1 and source.module != "pages"]


def run_on_import(node: ast.AST):
    """Every node that Python evaluates when the module is imported: not the bodies of functions."""
    yield node
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        at_definition = [*node.args.defaults, *filter(None, node.args.kw_defaults), *getattr(node, "decorator_list", [])]
        children = [child for child in at_definition if not is_harmless(child)]
    else:
        children = list(ast.iter_child_nodes(node))
    for child in children:
        yield from run_on_import(child)


def is_harmless(decorator: ast.AST) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return dotted(called) in HARMLESS_DECORATORS


def live_names(source: Source) -> set[str]:
    """The names in this file that stand for streamlit, data or the store."""
    live = {name for _, name in imports(source) if name.split(".")[0] in LIVE}
    aliases = {
        alias.asname or alias.name.split(".")[0]
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name in live
    }
    members = {
        alias.asname or alias.name
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in LIVE
        for alias in node.names
    }
    return aliases | members


def awake(source: Source):
    for statement in source.tree.body:
        is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        is_definition = isinstance(statement, (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, *DEFINITIONS))
        if not (is_text or is_definition):
            yield (
                f"{source.path}:{statement.lineno} は import しただけで実行される文です。ページのファイルに置けるのは "
                "import・定数・関数だけです。render(user) の中へ移してください。"
            )
    live = live_names(source)
    for node in run_on_import(source.tree):
        if isinstance(node, ast.Call) and dotted(node.func).split(".")[0] in live:
            yield (
                f"{source.path}:{node.lineno} は import しただけで {dotted(node.func)} を呼びます。"
                "誰が見ているかを確かめる前に動くので、render(user) の中へ移してください。"
            )


def test_importing_a_page_does_nothing():
    complaints = told(complaint for source in page_files() for complaint in awake(source))
    assert not complaints, complaints


@pytest.mark.parametrize(
    "text",
    [
        "import streamlit as st\nst.title('x')",
        "from streamlit import title\nX = title('x')",
        "import streamlit as st\nCHOICE = [st.selectbox('x', [])]",
        "from data_access.query import ask\nROWS = ask(None, 'x')",
        "from data_access import query\ndef render(user, rows=query.ask(None, 'x')): ...",
        "import settings\nTODAY = settings.today()",
        "import streamlit as st\n@st.cache_data\ndef rows(): ...\n@st.cache_data()\ndef more(): ...",
        "import streamlit as st\nclass Page:\n    title = st.title('x')",
        "for page in (1, 2):\n    X = page",
        "render(None)",
        "if True:\n    X = 1",
    ],
)
def test_the_rule_sees_a_page_that_is_awake(text):
    assert told(awake(parsed("pages/case.py", text))), text


@pytest.mark.parametrize(
    "text",
    [
        '"""カルテ"""\nimport streamlit as st\nfrom data_access.query import ask\nQUEUES = tuple(("a", "b"))\n'
        "def render(user):\n    st.title('x')\n    ask(user, 'x')",
        "import streamlit as st\n@st.fragment\ndef part(): st.title('x')\n@st.dialog('x')\ndef box(): ...",
    ],
)
def test_the_rule_lets_a_sleeping_page_pass(text):
    assert not told(awake(parsed("pages/case.py", text))), text


def without_render(source: Source):
    renders = [node for node in source.tree.body if isinstance(node, ast.FunctionDef) and node.name == "render"]
    if [[argument.arg for argument in node.args.args] for node in renders] != [["user"]]:
        yield f"{source.path} に render(user) がありません。メニューはこの関数だけを、権限を確かめてから呼びます。"


def test_every_page_defines_render_of_user():
    complaints = told(complaint for source in screens() for complaint in without_render(source))
    assert not complaints, complaints


@pytest.mark.parametrize("text", ["", "def render(): ...", "def render(ctx): ...", "def show(user): ..."])
def test_the_rule_sees_a_page_without_render(text):
    assert told(without_render(parsed("pages/case.py", text)))


def unregistered(stems: set[str], registered: list[str]):
    for stem in sorted(stems - set(registered)):
        yield f"pages/{stem}.py は pages/__init__.py に登録されていません。必要な操作（action）とともに登録してください。"
    for module in sorted(set(registered) - stems):
        yield f"pages/__init__.py が登録する pages/{module}.py がありません。ファイルを置くか、登録を消してください。"
    for module in sorted({module for module in registered if registered.count(module) > 1}):
        yield f"pages/__init__.py に {module} が2度あります。1つにしてください。"


def test_every_page_is_registered_once_and_every_registered_page_exists():
    stems = {source.module.split(".")[1] for source in screens()}
    complaints = told(unregistered(stems, [entry.module for entry in pages.REGISTER]))
    assert not complaints, complaints


@pytest.mark.parametrize("registered", [[], ["home"], ["case", "gone"], ["case", "case"]])
def test_the_rule_sees_a_wrong_register(registered):
    assert told(unregistered({"case"}, registered))


def test_every_registered_page_needs_an_action_of_the_permission_table():
    actions = tomllib.loads((ROOT / "auth/permissions.toml").read_text(encoding="utf-8"))["actions"]
    complaints = told(
        f"pages/__init__.py の {entry.module} が求める操作 {entry.action} は権限表にありません。auth/permissions.toml に加えてください。"
        for entry in pages.REGISTER
        if entry.action not in actions
    )
    assert not complaints, complaints


# What may stand in the URL, and so in a browser's history: choices of a list, never a word about a person.
IN_URL = {"plan_view", "plan_dimension", "capacity_dimension", "verdict", "ground", "measure", "year_class", "deadline_kind", "dimension", "section", "booked_as"}
WRITES_URL = {"pages/district_worklist.py", "pages/parts/as_of.py", "pages/parts/filters.py"}  # 名簿, 基準日, choices from a list


def in_the_url(source: Source):
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr == "query_params" and source.path not in WRITES_URL:
            yield f"{source.path}:{node.lineno} は URL に値を置きます。人の情報が履歴に残らないよう、filters.choice を使ってください。"
        if isinstance(node, ast.Call):
            given = {keyword.arg: keyword.value for keyword in node.keywords}
            if "bind" in given and getattr(given.get("key"), "value", None) not in IN_URL:
                yield f"{source.path}:{node.lineno} は入力を URL に結び付けます。選択肢だけのものを IN_URL に加えてください。"
            if dotted(node.func).endswith("text_input") and getattr(given.get("autocomplete"), "value", None) != "off":
                yield f'{source.path}:{node.lineno} の入力欄は、ブラウザが前の入力を覚えます。autocomplete="off" を付けてください。'


def test_no_word_about_a_person_stays_in_a_browser():
    complaints = told(complaint for source in page_files() for complaint in in_the_url(source))
    assert not complaints, complaints


@pytest.mark.parametrize("text", ["st.text_input('氏名', key='n', bind='query-params', autocomplete='off')", "st.query_params['name'] = name",
                                  "st.text_input('氏名', key='n')", "column.text_input('氏名', autocomplete='name')"])
def test_the_rule_sees_what_would_stay(text):
    assert told(in_the_url(parsed("pages/case.py", text))), text


def columns_shown(source: Source) -> set[str]:
    """What a file writes as the columns of its tables: in place, or in a constant of its own."""
    own = {target.id: node.value for node in source.tree.body if isinstance(node, ast.Assign) for target in node.targets if isinstance(target, ast.Name)}
    found = set()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and dotted(node.func) in ("tables.show", "tables.whole") and len(node.args) > 1:
            chosen = node.args[1]
            names = [own[part.id] for part in ast.walk(chosen) if isinstance(part, ast.Name) and part.id in own]
            for part in (chosen, *names):
                listed = part.keys if isinstance(part, ast.Dict) else getattr(part, "elts", [])
                found |= {each.value for each in listed if isinstance(each, ast.Constant)}
    return found


def test_every_column_of_a_table_has_a_label():
    """A label that is gone takes the screen down, and only where that table has rows."""
    unknown = {(source.path, name) for source in page_files() for name in columns_shown(source) if name not in labels()}
    assert not unknown
    assert sum(len(columns_shown(source)) for source in page_files()) > 100
