"""Text about a person is shown, never obeyed: what Streamlit reads as Markdown gets no name, address or note. And every
field one types into is known here, with the test that a 個人番号 in it is refused."""

import ast
import re
import tomllib

import pytest

from tests.house.tree import ROOT, Source, dotted, parsed, product, texts, told

# Calls of Streamlit that take their text as Markdown (st.text, st.dataframe and inputs' values do not).
MARKDOWN = {"markdown", "caption", "write", "title", "header", "subheader", "info", "warning", "error", "success", "toast", "badge", "metric",
            "button", "link_button", "form_submit_button", "expander", "popover", "pills", "segmented_control", "tabs", "checkbox", "toggle", "radio"}
ESCAPES = {"plain", "wording.plain"}
PERSONAL = {"C1", "C2", "C3", "C4", "C8"}
# Words that a screen knows such text by, beside the contract's own columns; all of them come from rows.
SHOWN_AS = {"atena_number_shown", "mailing_address", "addressee_name", "body", "town", "employer_name", "employer_address", "property_place", "plate",
            "officer_name", "written_by", "asked_reason", "display_name"}
# Texts of closed lists and of the console itself, which no hand has written.
CLOSED = {"outcome", "method", "direction", "counterpart", "contact_kind", "account_use", "account_kind", "relation", "reason"}


def person_columns() -> set[str]:
    found = set(SHOWN_AS)
    for path in sorted((ROOT / "data_access/contract").glob("*.toml")):
        for table in tomllib.loads(path.read_text(encoding="utf-8")).get("table", {}).values():
            found |= {column["name"] for column in table.get("columns", ())
                      if column.get("class") in PERSONAL and column["type"].startswith(("text", "code"))}  # fmt: skip
    return found - CLOSED


def obeyed(source: Source, columns: set[str]):
    for call in ast.walk(source.tree):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in MARKDOWN):
            continue
        for text in [*call.args, *(word.value for word in call.keywords if word.arg in ("label", "body", "value", "help"))]:
            for name in sorted(taken_from_rows(text) & columns):
                yield f"{source.path}:{call.lineno} の {dotted(call.func)} に {name} を渡しています。Markdown と解釈されるので、st.text か表で出してください。"


def taken_from_rows(node: ast.AST) -> set[str]:
    """Names of the columns that an expression reads: row["name"], row.name; what is escaped counts no more."""
    if isinstance(node, ast.Call) and dotted(node.func) in ESCAPES:
        return set()
    found = {node.slice.value} if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) else set()
    found |= {node.attr} if isinstance(node, ast.Attribute) else set()
    return found.union(*(taken_from_rows(child) for child in ast.iter_child_nodes(node)))


def test_no_person_text_is_obeyed():
    pages = [source for source in product() if source.package == "pages"]
    complaints = told(complaint for source in pages for complaint in obeyed(source, person_columns()))
    assert not complaints, complaints


@pytest.mark.parametrize("text", [
    "st.markdown(row['name'])", "st.caption(f\"住所 {row['address']}\")", "left.metric('x', row['phone'])", "st.button(f\"{row['name']} を開く\")",
    "st.write(note.body)", "st.subheader(person['name_kana'] or '—')", "st.info('x ' + row['holder_name'])", "st.markdown(body=row['mailing_address'])",
])
def test_the_rule_sees_a_text_that_would_be_obeyed(text):
    assert told(obeyed(parsed("pages/case.py", text), person_columns())), text


@pytest.mark.parametrize("text", ["st.text(row['name'])", "st.subheader(wording.plain(row['name']))", "st.caption(f\"{row['open_count']}期\")", "tables.show(rows, ['name'])"])
def test_the_rule_lets_plain_text_pass(text):
    assert not told(obeyed(parsed("pages/case.py", text), person_columns())), text


# Every field that takes free text, by file and how its key begins; beside it who refuses a 個人番号 in it.
FIELDS = {
    ("pages/parts/find_form.py", 3): "tests/pages/test_my_number_typed.py",
    ("pages/care_inquiry.py", 3): "tests/data_access/test_care_inquiry.py",
    ("pages/parts/entry_form.py", 2): "tests/casework/test_record.py",
    ("pages/parts/note_form.py", 1): "tests/casework/test_negotiation_note.py",
    ("pages/parts/reveal_part.py", 1): "tests/auth/test_reveal.py",
    ("pages/disclosures.py", 1): "tests/auth/test_reveal.py",
    ("pages/parts/export_part.py", 1): "tests/data_access/test_export.py",
    ("pages/audit.py", 1): "tests/audit/test_review.py",
    ("pages/parts/approval_form.py", 2): "tests/casework/test_approval.py",
    ("pages/parts/decision_part.py", 1): "tests/casework/test_case_decision.py",
    ("pages/parts/suspension_form.py", 3): "tests/casework/test_case_decision.py",
    ("pages/parts/proposal_part.py", 1): "tests/casework/test_case_decision.py",
    ("pages/parts/write_off_form.py", 2): "tests/casework/test_case_decision.py",
    ("pages/parts/audit_parts.py", 4): "tests/pages/test_my_number_typed.py",
    ("pages/parts/intake_decision_form.py", 1): "tests/casework/test_intake_decision.py",
    ("pages/grounds.py", 1): "tests/pages/test_my_number_typed.py",
    ("pages/parts/trial_form.py", 2): "tests/casework/test_trial.py",
    ("pages/parts/collection_plan_form.py", 1): "tests/casework/test_collection_plan.py",
    ("pages/parts/analysis_statement.py", 1): "tests/data_access/test_statement.py",
    ("pages/parts/saved_parts.py", 3): "tests/data_access/test_saved_statement.py",
}

# The same for our own HTML pages; "" where nothing of it is kept as typed (a code; the sign-in's name, of which a keyed digest is).
HTML_FIELDS = {
    ("auth/account_desk.py", 12): "tests/auth/test_account_proposal.py",
    ("auth/own_account.py", 1): "",
    ("auth/front/sign_in.html", 1): "",
}
TYPED = re.compile(r'<input (?![^>]*type="(?:hidden|password)")|(?<!def )\b_field\(|<textarea')


def test_every_field_for_free_text_is_known_with_its_test():
    found = {}
    for source in product():
        typed = [node for node in ast.walk(source.tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
                 and node.func.attr in ("text_input", "text_area", "chat_input")]  # fmt: skip
        if typed:
            found[source.path] = len(typed)
    assert found == dict(FIELDS.keys()), "入力欄を増やしたら、個人番号を拒む試験とともに FIELDS に加えてください。"
    assert all("my_number" in (ROOT / test).read_text(encoding="utf-8") or "個人番号" in (ROOT / test).read_text(encoding="utf-8")
               for test in [*FIELDS.values(), *HTML_FIELDS.values()] if test)  # fmt: skip


def test_every_input_of_our_own_pages_is_known_with_its_test():
    found = {(path, count) for path, text in texts(".py", ".html", under="auth/") if (count := len(TYPED.findall(text)))}
    assert found == set(HTML_FIELDS), "入力欄を増やしたら、個人番号を拒む試験とともに HTML_FIELDS に加えてください。"
