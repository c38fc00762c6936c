"""What no file of the running console does, each with the reason and the way out."""

import ast
import io
import re
import tokenize
import tomllib

import pytest

from tests.house.tree import ROOT, Source, dotted, files, imports, parsed, product, sources, texts, told

CACHE_MODULE = "pages/parts/cache.py"  # the one place that may cache: its keys name the user and the snapshot
OWN_PROCESS = "data_access/statement.py"  # the one place that starts a process: our own program, to be killed when an analyst's SELECT runs on
SPEAKERS = ("tests", "bench")

FORBIDDEN_ANYWHERE = {
    "download_button": "/media は認証されません。書出しは一度だけ使える経路で行います。",
    "file_uploader": "外部の名簿を持ち込む入口になります。取込みは連携フォルダからだけ行います。",
    "unsafe_allow_html": "氏名などがHTMLとして解釈されます。Streamlit の部品か pages/parts の部品を使ってください。",
}
FORBIDDEN_OF_STREAMLIT = {
    "html": "氏名などがHTMLとして解釈されます。Streamlit の部品か pages/parts の部品を使ってください。",
    "components": "任意のスクリプトを画面に入れられます。Streamlit の部品を使ってください。",
}
FORBIDDEN_BUILTINS = {"eval", "exec", "compile", "__import__"}
FORBIDDEN_MODULES = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"}


def forbidden(source: Source):
    where = f"{source.path}:"
    for node in ast.walk(source.tree):
        name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "arg", None)
        if isinstance(node, ast.Attribute | ast.keyword) and name in FORBIDDEN_ANYWHERE:
            yield f"{where}{node.lineno if hasattr(node, 'lineno') else '?'} の {name}: {FORBIDDEN_ANYWHERE[name]}"
        full = dotted(node)
        if full.startswith("st.") and full.split(".")[1] in FORBIDDEN_OF_STREAMLIT:
            yield f"{where}{node.lineno} の {full}: {FORBIDDEN_OF_STREAMLIT[full.split('.')[1]]}"
        if isinstance(node, ast.Call) and full_of(node) in FORBIDDEN_BUILTINS:
            yield f"{where}{node.lineno} の {full_of(node)}: 文字列がプログラムとして動きます。表や関数で書いてください。"
        if full.endswith((".cache_data", ".cache_resource")) and source.path != CACHE_MODULE:
            yield f"{where}{node.lineno} の {full}: 他人の行を見せるおそれがあります。キャッシュは {CACHE_MODULE} だけに置きます。"
        if full in ("os.system", "os.popen", "os.spawnv", "os.execv"):
            yield f"{where}{node.lineno} の {full}: 外部のプログラムを動かしません。Python で書いてください。"
    for line, name in imports(source):
        top = name.split(".")[0]
        if top in FORBIDDEN_MODULES:
            yield f"{where}{line} の {top}: 読むだけでプログラムが動きます。JSON か Parquet にしてください。"
        if top == "subprocess" and source.package != "sample_city" and source.path != OWN_PROCESS:
            yield f"{where}{line} の subprocess: 外部のプログラムを動かしません。Python で書いてください。"
        if name.startswith("streamlit.components"):
            yield f"{where}{line} の {name}: {FORBIDDEN_OF_STREAMLIT['components']}"
        if top == "streamlit" and name.split(".")[-1] in FORBIDDEN_ANYWHERE | FORBIDDEN_OF_STREAMLIT:
            yield f"{where}{line} の {name}: {(FORBIDDEN_ANYWHERE | FORBIDDEN_OF_STREAMLIT)[name.split('.')[-1]]}"


def full_of(call: ast.Call) -> str:
    return dotted(call.func)


def test_no_dangerous_call():
    looked_at = [source for source in sources() if source.package not in ("tests", "bench")]
    complaints = told(complaint for source in looked_at for complaint in forbidden(source))
    assert not complaints, complaints


@pytest.mark.parametrize(
    "text",
    [
        "st.markdown('x', unsafe_allow_html=True)",
        "st.html('x')",
        "left.download_button('x')",
        "st.file_uploader('x')",
        "st.components.v1.html('x')",
        "import streamlit.components.v1 as components",
        "from streamlit import html",
        "@st.cache_data\ndef rows(): ...",
        "st.cache_resource(show_spinner=False)",
        "eval('1')",
        "exec('1')",
        "import pickle",
        "from pickle import loads",
        "import subprocess",
        "import os\nos.system('ls')",
    ],
)
def test_the_rule_sees_a_dangerous_call(text):
    assert told(forbidden(parsed("pages/case.py", text))), text


def clocks(source: Source):
    for node in ast.walk(source.tree):
        full = dotted(node) if isinstance(node, ast.Attribute) else ""
        owner, _, last = full.rpartition(".")
        asks_day = last in ("today", "now", "utcnow") and owner.split(".")[-1] in ("date", "datetime", "Timestamp")
        asks_time = full in ("time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.strftime")
        if asks_day or asks_time:
            yield f"{source.path}:{node.lineno} の {full}: 今日と今は settings.today()・settings.now() か引数 as_of で受け取ります。"
    for line, name in imports(source):
        if name in ("time.time", "time.time_ns", "time.localtime", "time.gmtime"):
            yield f"{source.path}:{line} の {name}: 今は settings.now() で受け取ります。"


def test_only_settings_asks_what_time_it_is():
    looked_at = [s for s in sources() if s.path != "settings.py" and s.package not in ("tests", "bench")]
    complaints = told(complaint for source in looked_at for complaint in clocks(source))
    assert not complaints, complaints


@pytest.mark.parametrize(
    "text",
    [
        "from datetime import date\ndate.today()",
        "import datetime\ndatetime.datetime.now()",
        "import datetime as dt\ndt.datetime.utcnow()",
        "from datetime import datetime\nCLOCK = datetime.now",
        "import time\ntime.time()",
        "from time import time",
    ],
)
def test_the_rule_sees_a_clock(text):
    assert told(clocks(parsed("law/prescription.py", text))), text


def test_the_rule_lets_settings_and_stopwatches_pass():
    assert not told(clocks(parsed("auth/pulse.py", "import settings, time\nsettings.today()\ntime.monotonic()")))


SQL_CLOCK = re.compile(r"\b(current_date|current_timestamp|localtimestamp|now\s*\(|today\s*\()", re.IGNORECASE)


def test_no_sql_asks_what_day_it_is():
    complaints = told(
        f"{path}: {match[0]} を使っています。基準日 as_of を使ってください。"
        for path, text in texts(".sql")
        if (match := SQL_CLOCK.search(bare_sql(text)))
    )
    assert not complaints, complaints


def prints(source: Source):
    """print belongs to a command line: a module with main(), or what runs under `if __name__`."""
    if any(isinstance(node, ast.FunctionDef) and node.name == "main" for node in source.tree.body):
        return
    entries = [node for node in source.tree.body if isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)]
    allowed = {id(node) for entry in entries for node in ast.walk(entry)}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and dotted(node.func) == "print" and id(node) not in allowed:
            yield f"{source.path}:{node.lineno} の print: 画面には st、記録には audit.log、障害には logging を使ってください。"


def test_only_command_lines_print():
    looked_at = [source for source in sources() if source.package not in SPEAKERS]
    complaints = told(complaint for source in looked_at for complaint in prints(source))
    assert not complaints, complaints


def test_the_rule_tells_a_command_line_from_a_stray_print():
    assert told(prints(parsed("law/x.py", "def f():\n    print(1)")))
    assert not told(prints(parsed("law/x.py", "def main():\n    print(1)")))
    assert not told(prints(parsed("law/x.py", "if __name__ == '__main__':\n    print(1)")))


def floats(source: Source):
    for node in ast.walk(source.tree):
        is_literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
        is_cast = isinstance(node, ast.Call) and dotted(node.func) == "float"
        if is_literal or is_cast:
            yield f"{source.path}:{node.lineno} に浮動小数があります。Decimal か Fraction か整数の円で書いてください。"


def bare_sql(text: str) -> str:
    """SQL without its comments, its texts in quotes and its quoted names."""
    return re.sub(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"[^\"]*\"", " ", text, flags=re.DOTALL)


def test_no_float_near_the_law():
    complaints = told(complaint for source in product() if source.package == "law" for complaint in floats(source))
    assert not complaints, complaints


def test_no_float_among_the_law_s_values():
    found: list[str] = []
    for path, text in texts(".toml", under="law/"):
        tomllib.loads(text, parse_float=lambda number, path=path: found.append(f"{path} の {number}") or number)
    assert not found, f"{told(found)}\n割合は引用符で囲んで文字列にしてください（Decimal で読みます）。"


def test_no_number_with_decimals_in_derived_sql():
    complaints = told(
        f"{path}: {match[0]} は法令の割合を SQL に書いたものに見えます。law/*.toml の値を表として結合してください。"
        for path, text in texts(".sql", under="data_access/derived/")
        if (match := re.search(r"(?<![\w.])\d*\.\d+|\d+\.(?!\w)", bare_sql(text)))
    )
    assert not complaints, complaints


@pytest.mark.parametrize("text", ["RATE = 14.6", "X = float('14.6')", "def f(x): return x * 1e-3"])
def test_the_rule_sees_a_float(text):
    assert told(floats(parsed("law/x.py", text)))


VAGUE = {"utils", "util", "helpers", "helper", "common", "core", "manager", "managers", "misc", "base"}


def test_every_file_is_named_for_what_it_holds():
    complaints = told(
        f"{path.as_posix()}: 何が入っているか分からない名前です。中身の言葉（用語集の語）で名付けてください。"
        for path in files()
        if VAGUE & {part.lower() for part in path.with_suffix("").parts}
    )
    assert not complaints, complaints


# Written in pieces, so that this file does not break its own rules.
MACHINE_PATH = re.compile(r"(?<![\w.:/])/(?:" + "work|root|Users" + r")/\w|/home" + r"/[a-z]\w*/|[A-Z]:\\" + r"Users\\")
LEFT_OPEN = re.compile(r"\b(?:TO" + "DO|FIX" + "ME|HA" + "CK|TB" + r"D)\b|(?i:lorem" + r" ipsum)|未" + "実装|仮" + "置き")
READABLE = (".py", ".sql", ".toml", ".md", ".txt", ".css", ".js", ".html", ".yml", ".yaml", ".cfg", ".ini", ".sh", ".csv", ".json")


def test_no_file_knows_a_machine():
    complaints = told(
        f"{path}:{text[: match.start()].count(chr(10)) + 1} に特定の機械のパス {match[0]}… があります。相対パスか settings を使ってください。"
        for path, text in [*texts(*READABLE), *unnamed_texts()]
        if (match := MACHINE_PATH.search(text))
    )
    assert not complaints, complaints


def test_nothing_is_left_for_later():
    complaints = told(
        f"{path}:{text[: match.start()].count(chr(10)) + 1} に {match[0]} が残っています。済ませるか、消して課題に書いてください。"
        for path, text in [*texts(".py", ".sql", ".toml", ".md", ".css", ".html", ".js"), *unnamed_texts()]
        if (match := LEFT_OPEN.search(text))
    )
    assert not complaints, complaints


def unnamed_texts() -> list[tuple[str, str]]:
    """Makefile and its like: text files without an ending."""
    return [
        (path.as_posix(), (ROOT / path).read_text(encoding="utf-8")) for path in files() if path.name in ("Makefile", "Dockerfile")
    ]


def stubs(source: Source):
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Pass):
            yield f"{source.path}:{node.lineno} の pass: 中身を書くか、例外を捨てるなら contextlib.suppress で理由とともに。"
        if isinstance(node, ast.Name | ast.Attribute) and dotted(node) == "NotImplementedError":
            yield f"{source.path}:{node.lineno} の NotImplementedError: できないことは画面に出さず、できるものだけを置きます。"
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and is_empty(node.body):
            yield f"{source.path}:{node.lineno} の {node.name} には中身がありません。書くか消してください。"


def is_empty(body: list[ast.stmt]) -> bool:
    return all(isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) for statement in body)


def test_nothing_is_a_stub():
    complaints = told(complaint for source in product() for complaint in [*stubs(source), *promises(source)])
    assert not complaints, complaints


def promises(source: Source):
    """Comments that call something a placeholder. (As a word of Streamlit's own arguments it may stay.)"""
    text = (ROOT / source.path).read_text(encoding="utf-8")
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and "placeholder" in token.string.lower():
            yield f"{source.path}:{token.start[0]} は仮の実装だと書いています。本当の実装にしてください。"


@pytest.mark.parametrize(
    "text", ["def f(): pass", "def f(): ...", "def f():\n    '''doc'''", "def f(): raise NotImplementedError"]
)
def test_the_rule_sees_a_stub(text):
    assert told(stubs(parsed("law/x.py", text)))


@pytest.mark.parametrize("name", ["TO" + "DO: later", "FIX" + "ME", "未" + "実装です"])
def test_the_rule_sees_what_is_left_for_later(name):
    assert LEFT_OPEN.search(name)


@pytest.mark.parametrize("path", ["/ro" + "ot/x", "see /wo" + "rk/main", "/ho" + "me/taro/x", "C:\\Us" + "ers\\taro"])
def test_the_rule_sees_a_machine(path):
    assert MACHINE_PATH.search(path)
    assert not MACHINE_PATH.search("https://example.jp/w" "ork/x と /home と pages/home.py")
