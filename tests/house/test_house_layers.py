"""Who imports whom. The table below is the architecture; the code is checked against it."""

import ast
import re

import pytest

from tests.house.tree import ROOT, TOOLS, Source, dotted, imports, parsed, product, told

SHARED = ("settings", "store")
# What each part may import of ours. A longer name wins over a shorter one; a name covers what is below it.
MAY_IMPORT = {
    "settings": (),
    "store": ("settings",),
    "law": ("law",),
    "auth.access": (),
    "auth": ("auth", "audit.log", "audit.refusal", "law.typed_text", *SHARED),
    "audit": ("audit", "auth.access", "law.calendar", "law.typed_text", *SHARED),  # law is pure; closed days, and no 個人番号 in a comment
    "casework": ("casework", "law", "auth.access", "audit.log", "audit.refusal", "audit.chain", "audit.chain_check", *SHARED),
    "documents": ("documents",),
    "data_access": ("data_access", "documents.paper", "casework.subject", "law", "auth.access", "auth.reveal", "auth.limits", "auth.export_order", "auth.export_route", "audit.log", "audit.material", "audit.refusal", "audit.spreadsheet", "audit.watch", *SHARED),
    "pages": ("pages", "data_access.query", "data_access.saved_statement", "data_access.rate_footing", "data_access.derivation", "data_access.erasure_preview", "data_access.feed_status", "data_access.intake_account", "data_access.report.Report", "data_access.grounds", "data_access.planning", "data_access.allocation_proposal", "data_access.suspension_case", "data_access.since_proposal", "data_access.paper_basis", "data_access.paper_content", "data_access.suspension_comparison", "data_access.change", "data_access.monthly_report", "data_access.forecast", "data_access.cohort", "data_access.target", "data_access.metric", "data_access.analysis_metric", "data_access.saved_analysis", "data_access.statement", "data_access.passport", "data_access.annual_report", "data_access.trial_result", "data_access.report_archive", "data_access.criterion_trial", "data_access.care_inquiry", "data_access.write_off_effect", "data_access.wage_estimate", "data_access.attachment_check", "data_access.analysis", "data_access.analysis_exact", "data_access.contract", "data_access.export", "law.my_number", "law.fiscal_year", "casework", "auth.access", "auth.current", "auth.reveal", "auth.export_order", "auth.step_up", "auth.permission_table", "auth.account_review", "auth.account_store.who_may", "audit.review", "audit.person", "audit.incident", "audit.watch", "audit.words", *SHARED)
    + ("audit.log.AuditUnavailable", "data_access.connection.NothingPublished"),  # errors, which a screen puts in words
    "app": ("pages", "auth.gate", "auth.limits", "auth.export_route", "data_access.export", "data_access.ready", "data_access.saved_analysis", "data_access.saved_statement", "data_access.statement", "casework.ledger", *SHARED),  # they declare their tables before they are created
}
REMEDY = {
    "pages": "画面は data_access.query.ask で尋ね、casework のコマンドで書きます。",
    "law": "法令は何にも依存しません。必要な値は引数で渡してください。",
    "auth.access": "権限の判定は permissions.toml だけを読みます。必要な値は引数で渡してください。",
    "casework": "書込みのコマンドは画面もデータ基盤も知りません。必要な値は引数で渡してください。",
    "data_access": "データ基盤は画面も書込みも知りません。台帳は store から読むだけにしてください。",
}
# Packages of others that only some parts may know, and why.
ONLY_IN = {
    "typst": (("documents",), "文書の PDF は documents.paper に作らせます。"),
    "duckdb": (("data_access",), "問合せは data_access.query.ask を通し、行・列・伏字を disclosed.sql に決めさせます。"),
    "streamlit": (("pages", "app", "auth.current"), "画面の外は、画面がなくても動き、試験できるようにします。"),
    "streamlit.proto": (("auth.frames",), "通信の中身を選り分けるのは Gate だけです。"),
    "streamlit_authenticator": (("auth",), "使ってよいのはパスワードのハッシュだけで、それは auth にあります。"),
}


def is_within(name: str, parts) -> bool:
    return any(name == part or name.startswith(part + ".") for part in parts)


def layer_of(module: str) -> str | None:
    covering = [part for part in MAY_IMPORT if is_within(module, (part,))]
    return max(covering, key=len, default=None)


def our_names() -> set[str]:
    packages = {path.parent.name for path in ROOT.glob("*/*.py")}
    return packages | {path.stem for path in ROOT.glob("*.py")} | set(TOOLS)


def wrong_imports(source: Source, ours: set[str]):
    layer = layer_of(source.module)
    if layer is None:
        yield f"{source.path}: どの層にも属していません。MAY_IMPORT に層を加え、docs/decisions.md に理由を書いてください。"
        return
    for line, name in imports(source):
        if name.split(".")[0] in ours and not is_within(name, MAY_IMPORT[layer]):
            yield (
                f"{source.path}:{line} は {name} を import しています。{layer} が import してよいのは "
                f"{'・'.join(MAY_IMPORT[layer]) or '（なし）'} です。{REMEDY.get(layer, '')}"
            )
        covering = max((package for package in ONLY_IN if is_within(name, (package,))), key=len, default=None)
        owners, reason = ONLY_IN.get(covering, ((), ""))
        if owners and not is_within(source.module, owners):
            yield f"{source.path}:{line} は {name} を import しています。使えるのは {'・'.join(owners)} だけです。{reason}"


def test_every_import_follows_the_layers():
    ours = our_names()
    complaints = told(complaint for source in product() for complaint in wrong_imports(source, ours))
    assert not complaints, complaints


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pages/case.py", "import duckdb"),
        ("pages/case.py", "from data_access import connection"),
        ("pages/case.py", "def render(user):\n    from data_access.connection import reader"),
        ("pages/parts/tables.py", "from ...data_access import snapshot"),
        ("data_access/query.py", "from pages import menu"),
        ("data_access/query.py", "from casework import ledger"),
        ("casework/ledger.py", "import streamlit as st"),
        ("law/prescription.py", "import settings"),
        ("auth/access.py", "import store"),
        ("auth/gate.py", "from streamlit import session_state"),
        ("audit/log.py", "from casework import ledger"),
        ("auth/sessions.py", "import sample_city.build"),
        ("settings.py", "from tests.house import tree"),
        ("casework/note.py", "import streamlit_authenticator"),
        ("auth/frames.py", "import streamlit"),
        ("pages/case.py", "from streamlit.proto.BackMsg_pb2 import BackMsg"),
        ("forecast/model.py", "import math"),
    ],
)
def test_the_rule_sees_a_wrong_import(path, text):
    assert told(wrong_imports(parsed(path, text), our_names() | {"data_access", "pages", "casework"})), text


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pages/case.py", "from data_access.query import ask\nimport streamlit as st"),
        ("data_access/query.py", "import duckdb\nfrom audit import log\nfrom auth.access import User"),
        ("casework/ledger.py", "from audit import chain\nimport store"),
        ("auth/current.py", "import streamlit as st\nfrom auth.sessions import user_of"),
    ],
)
def test_the_rule_lets_a_right_import_pass(path, text):
    assert not told(wrong_imports(parsed(path, text), our_names() | {"data_access", "pages", "casework"})), text


EVENT_WRITE = re.compile(r"\b(insert\s+into|update|delete\s+from|replace\s+into)\s+event\b", re.IGNORECASE)


def foreign_writes(source: Source):
    for node in ast.walk(source.tree):
        is_call = isinstance(node, ast.Call) and dotted(node.func).endswith("ledger.append")
        is_sql = isinstance(node, ast.Constant) and isinstance(node.value, str) and EVENT_WRITE.search(node.value)
        if is_call or is_sql:
            yield f"{source.path}:{node.lineno} は台帳に書いています。台帳に書くのは casework のコマンドだけです。"
    for line, name in imports(source):
        if name == "casework.ledger.append":
            yield f"{source.path}:{line} は casework.ledger.append を import しています。casework のコマンドを使ってください。"


def test_only_casework_writes_events():
    complaints = told(
        complaint for source in product() if source.package != "casework" for complaint in foreign_writes(source)
    )
    assert not complaints, complaints


@pytest.mark.parametrize(
    "text",
    [
        "ledger.append(event_id='x')",
        "casework.ledger.append()",
        "from casework.ledger import append",
        "text('INSERT INTO event values (1)')",
    ],
)
def test_the_rule_sees_a_foreign_write(text):
    assert told(foreign_writes(parsed("pages/case.py", text)))
