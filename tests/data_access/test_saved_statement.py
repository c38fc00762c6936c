"""A kept SELECT: whose it is, who may see it, that it is on record; and its result as a file, of released parts only, once, within the limits."""

import json
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import delete

import store
from audit import log
from auth.access import NotAllowed, User
from auth.export_order import OrderRefused
from auth.export_route import FileRefused
from data_access import (
    analysis,
    analysis_partition,
    analysis_release,
    export,
    export_kind,
    saved_statement,
    statement,
)
from data_access.analysis import UNIT, layer
from data_access.saved_statement import SaveRefused, kept, remove, save
from data_access.statement import STATEMENT, StatementRefused, run
from tests.queries.every_question import entries_after
from tests.staff import ADMIN, ANALYST, AUDITOR, CHIEF, MANAGER, OFFICER

COLLEAGUE = User("bunseki2", "分析担当2", "analyst", "収納推進課")
BODY = "select case_stage, sum(people) as people, sum(unpaid_yen) as yen_in_all from procedure_arrears group by all order by 1"
MY_NUMBER = "123456789018"
REASON = "月の会議の資料にするため"


def order(user=ANALYST, body: str = BODY):
    return export.order(user, "analysis_statement", {"statement": run(user, body).id}, is_masked=True, purpose="分析", reason=REASON)


def test_what_was_run_is_kept_opened_and_taken_away_by_whoever_kept_it(own_city):
    ran = run(ANALYST, BODY)
    before = log.count()
    mine = save(ANALYST, ran.id, title="  段階の　表 ", note="会議で使う", is_shared=False)
    ours = save(ANALYST, ran.id, title="段階の表（共有）", note="", is_shared=True)
    assert [(each.id, each.title, each.note, each.body, each.is_shared, each.is_own) for each in kept(ANALYST)] == [
        (mine, "段階の 表", "会議で使う", BODY, False, True), (ours, "段階の表（共有）", "", BODY, True, True)]
    assert [(each.id, each.body, each.is_own) for each in kept(COLLEAGUE)] == [(ours, BODY, False)], "what is not shared is nobody else's"
    for saved_id in (mine, ours):
        with pytest.raises(SaveRefused, match="自分が保存したものだけ"):
            remove(COLLEAGUE, saved_id)
    remove(ANALYST, ours)
    assert kept(COLLEAGUE) == []
    entries = entries_after(before)
    assert [(entry["action"], entry["question"]) for entry in entries] == [("analysis.save", "saved_statement")] * 2 + [("analysis.remove", "saved_statement")]
    assert all("case_stage" not in entry["detail"] for entry in entries), "the chain has the hash of the text, not the text"


def test_a_role_that_changes_its_person_sees_no_more(own_city):
    save(ANALYST, run(ANALYST, BODY).id, title="共有", note="", is_shared=True)
    assert kept(replace(COLLEAGUE, role="analyst"))
    for user in (MANAGER, CHIEF, OFFICER, ADMIN, AUDITOR):
        with pytest.raises(NotAllowed):
            kept(user)


def test_what_another_ran_or_nobody_did_is_not_kept(own_city):
    ran = run(ANALYST, BODY)
    for user, statement_id in ((COLLEAGUE, ran.id), (ANALYST, "0" * 32)):
        with pytest.raises(StatementRefused, match="控えは、もうありません"):
            save(user, statement_id, title="表", note="", is_shared=False)
    assert kept(ANALYST) == []


@pytest.mark.parametrize(("title", "note"), [("", ""), ("あ" * 41, ""), ("表", "あ" * 201), (f"番号 {MY_NUMBER}", ""), ("表", f"{MY_NUMBER} の人")])
def test_a_name_that_is_none_or_a_my_number_is_refused(own_city, title, note):
    ran = run(ANALYST, BODY)
    with pytest.raises(SaveRefused):
        save(ANALYST, ran.id, title=title, note=note, is_shared=False)
    assert MY_NUMBER not in (own_city / "store.sqlite").read_bytes().decode("latin-1"), "個人番号 is kept nowhere"


def test_the_same_name_twice_and_too_many_are_refused(own_city, monkeypatch):
    ran = run(ANALYST, BODY)
    save(ANALYST, ran.id, title="表", note="", is_shared=True)
    with pytest.raises(SaveRefused, match="同じ名前"):
        save(ANALYST, ran.id, title="表", note="", is_shared=False)
    save(COLLEAGUE, run(COLLEAGUE, BODY).id, title="表", note="", is_shared=False)
    monkeypatch.setattr(saved_statement, "MOST", 1)
    with pytest.raises(SaveRefused, match="1件まで"):
        save(ANALYST, ran.id, title="別の表", note="", is_shared=False)


def test_its_file_holds_what_the_screen_showed_and_is_on_record_before(own_city):
    before = log.count()
    wanted = order()
    assert (wanted.kind, wanted.needs_approval) == ("analysis_statement", False)
    file = export.make(ANALYST, wanted)
    lines = file.content.decode("utf-8-sig").split("\r\n")
    shown = run(ANALYST, BODY).rows
    assert lines[0] == "段階,人数,yen_in_all"
    assert [line.split(",") for line in lines[1:shown.height + 1]] == [[str(value) for value in row] for row in shown.iter_rows()]
    assert f"SELECT文の番号,{wanted.parameters['statement']}" in lines
    assert layer(ANALYST).snapshot_id in file.content.decode("utf-8-sig")
    assert file.atena_refs == ()
    ran = [entry["question"] for entry in entries_after(before) if entry["action"] == "analysis.sql"]
    assert ran[:6] == ["analysis_statement", "analysis_result"] * 3, "on the screen, for the order, for the file: each before it ran"
    assert export.make(ANALYST, wanted, is_workbook=True).content.startswith(b"PK")


@pytest.mark.parametrize("theme", ["procedure", "size", "payer", "means"])
def test_everything_that_leaves_is_of_ten_people_and_rounded(own_city, theme):
    """The most that a file can hold of a theme: its parts as they are. People of ten and more, yen of a thousand."""
    file = export.make(ANALYST, order(body=f"select people, unpaid_yen, installment_count from {theme}_arrears"))
    rows = [line.split(",") for line in file.content.decode("utf-8-sig").split("\r\n")[1:]]
    figures = [tuple(map(int, row)) for row in rows[:rows.index([""])]]
    assert figures
    assert len(figures) == file.row_count
    assert all(people >= analysis_partition.LEAST and yen % UNIT == 0 for people, yen, _ in figures)


def test_only_who_ran_it_may_have_it_written_out_and_only_with_both_rights(own_city):
    ran = run(ANALYST, BODY)
    asked = dict(is_masked=True, purpose="分析", reason=REASON)
    with pytest.raises(OrderRefused, match="控えは、もうありません"):
        export.order(COLLEAGUE, "analysis_statement", {"statement": ran.id}, **asked)
    for user in (MANAGER, CHIEF, OFFICER, ADMIN, AUDITOR):
        with pytest.raises(NotAllowed):
            export.order(user, "analysis_statement", {"statement": ran.id}, **asked)


def test_the_limits_of_the_role_hold(own_city, monkeypatch):
    limits = export_kind.limits()
    monkeypatch.setattr(export, "limits", lambda: limits | {"analyst": {"free": 2, "most": 5}})
    assert order(body="select unnest([1, 2]) as n").needs_approval is False
    assert order(body="select unnest([1, 2, 3]) as n").needs_approval is True
    with pytest.raises(OrderRefused, match="5行を超える"):
        order(body="select unnest(generate_series(1, 6)) as n")
    with pytest.raises(OrderRefused, match="書き出す行がありません"):
        order(body="select 1 as n where false")


def test_a_result_that_was_cut_and_one_of_another_month_are_not_written_out(own_city, monkeypatch):
    with pytest.raises(OrderRefused, match="1万行を超えている"):
        order(body="select unnest(generate_series(1, 10001)) as n")
    wanted = order()
    newer = analysis_release.Release("20261130T000000Z-0123abcd", date(2026, 11, 30), analysis_release.newest().parts)
    with monkeypatch.context() as patch:
        patch.setattr(analysis, "newest", lambda: newer)
        with pytest.raises(FileRefused, match="月が替わりました"):
            export.make(ANALYST, wanted)
    with store.engine().begin() as connection:
        connection.execute(delete(STATEMENT))
    with pytest.raises(FileRefused, match="控えは、もうありません"):
        export.make(ANALYST, wanted)


def test_a_name_that_a_spreadsheet_would_run_is_text(own_city):
    wanted = order(body="select '=1+1' as \"=cmd|'/c calc'!A1\", 10 as n")
    head, row = export.make(ANALYST, wanted).content.decode("utf-8-sig").split("\r\n")[:2]
    assert head.startswith("'=cmd|"), head
    assert row == "'=1+1,10"


def test_what_is_refused_leaves_no_order(own_city):
    with pytest.raises(StatementRefused):
        run(ANALYST, "select * from read_csv('/etc/passwd')")
    with store.engine().connect() as connection:
        refused = connection.execute(STATEMENT.select()).mappings().all()
    assert len(refused) == 1
    with pytest.raises(OrderRefused, match="使えない表か関数"):
        export.order(ANALYST, "analysis_statement", {"statement": refused[0]["id"]}, is_masked=True, purpose="分析", reason=REASON)
    assert json.loads(json.dumps({"statement": refused[0]["id"]})), "an order carries the number of a text, never the text"
    assert statement.body_of(ANALYST, refused[0]["id"]).startswith("select * from read_csv")
