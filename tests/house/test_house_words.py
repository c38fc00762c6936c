"""One term, one identifier: the glossary knows every table. And the settings that Streamlit is run with."""

import ast
import re
import tomllib

import pytest

from tests.house.tree import ROOT, texts, told

GLOSSARY = ROOT / "docs/glossary.md"
ROW = re.compile(r"^\|(.+)\|\s*$", re.MULTILINE)
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")


def glossary(text: str) -> dict[str, str]:
    """Identifier in backticks → the rows of the tables that name it, as text."""
    known: dict[str, str] = {}
    for row in ROW.findall(text):
        for identifier in re.findall(r"`([a-z_0-9]+)`", row):
            known[identifier] = known.get(identifier, "") + row
    return known


def contract_tables() -> dict[str, str]:
    """Identifier → 日本語名 of every table in the contract."""
    found = {}
    for _, text in texts(".toml", under="data_access/contract/"):
        found |= {name: table["label"] for name, table in tomllib.loads(text).get("table", {}).items()}
    return found


def unknown_terms(tables: dict[str, str], known: dict[str, str]):
    for name, label in tables.items():
        if name not in known:
            yield f"docs/glossary.md の表に `{name}`（{label}）がありません。1行加えてください。"
        elif not JAPANESE.search(known[name]):
            yield f"docs/glossary.md の `{name}` の行に日本語の語がありません。{label} と書いてください。"


def test_the_glossary_knows_every_table_of_the_contract():
    assert GLOSSARY.exists(), "docs/glossary.md がありません。用語と識別子の対応はここに書きます。"
    complaints = told(unknown_terms(contract_tables(), glossary(GLOSSARY.read_text(encoding="utf-8"))))
    assert not complaints, complaints


def test_the_rule_sees_a_missing_term():
    known = glossary("| 期別 | `installment` | one due part |\n| - | `receipt` | money |")
    assert "`person`" in told(unknown_terms({"person": "宛名基本"}, known))
    assert "`receipt`" in told(unknown_terms({"receipt": "収納履歴"}, known))
    assert not told(unknown_terms({"installment": "期別調定"}, known))


# Each value closes something that was tried and found open; docs/decisions.md tells what.
HARDENED = {
    "server.address": "127.0.0.1",
    "server.headless": True,
    "server.enableCORS": True,
    "server.enableXsrfProtection": True,
    "server.xsrfCookieSameSite": "strict",
    "server.fileWatcherType": "none",
    "server.runOnSave": False,
    "server.enableStaticServing": False,
    "server.enableAgentApi": False,
    "server.maxUploadSize": 1,
    "server.maxMessageSize": 20,
    "server.disconnectedSessionTTL": 30,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": "false",
    "client.toolbarMode": "minimal",
    "client.disableDataExport": True,
    "client.showSidebarNavigation": True,
    "browser.gatherUsageStats": False,
    "runner.magicEnabled": False,
}


def configured() -> dict[str, object]:
    sections = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))
    return {f"{section}.{name}": value for section, values in sections.items() for name, value in values.items()}


@pytest.mark.parametrize(("option", "value"), HARDENED.items())
def test_streamlit_is_run_hardened(option, value):
    found = configured().get(option, "（書かれていない）")
    assert found == value, f".streamlit/config.toml の {option} は {value!r} でなければなりません（今は {found!r}）。"


def test_streamlit_believes_only_the_gate_s_header():
    assert "X-Console-Sid" in str(configured().get("server.trustedUserHeaders", ""))


def test_no_secret_is_kept_in_the_project():
    assert "server.cookieSecret" not in configured(), "cookieSecret を設定ファイルに書かないでください（起動ごとに作られます）。"
    kept = [path for path, _ in texts(".toml") if path.endswith("secrets.toml")]
    assert not kept, f"秘密は CONSOLE_HOME/secrets に置きます: {kept}"


def test_no_list_to_choose_from_offers_the_english_select_all():
    """Streamlit's own words are English and cannot be put into Japanese; this one can be left out."""
    for path in sorted((ROOT / "pages").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "multiselect":
                told = {keyword.arg: getattr(keyword.value, "value", None) for keyword in call.keywords}
                assert told.get("select_all") is False, f"{path.name}: st.multiselect に select_all=False がありません。"
                assert told.get("placeholder"), f"{path.name}: st.multiselect に日本語の placeholder がありません。"
