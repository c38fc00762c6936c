"""書出し: what may be ordered by whom, who has to approve it, and a CSV that no spreadsheet runs."""

import csv
import io
from dataclasses import replace

import polars as pl
import pytest

from auth import export_order
from auth.access import NotAllowed, User
from auth.export_order import OrderRefused
from auth.export_route import FileRefused
from data_access import connection, export, query
from tests.staff import ADMIN, ANALYST, AUDITOR, CHIEF, LTC_READER, MANAGER, NEIGHBOUR, OFFICER, STAFF

REASON = "午後の訪問の名簿を作るため"
FILTERS = {"worklist": {"queue": None, "district": None, "sort": "急ぐ順"}, "suspension_candidates": {"district": None, "verdict": None, "ground": None},
           "write_off_statement": {"district": None, "booked_as": None},
           "feed_check": {"report_id": ""}}  # fmt: skip
MAY = {"worklist": {MANAGER, CHIEF, OFFICER, NEIGHBOUR}, "suspension_candidates": {MANAGER, CHIEF, OFFICER, NEIGHBOUR},
       "write_off_statement": {MANAGER, CHIEF, OFFICER, NEIGHBOUR}, "feed_check": {ADMIN}}


def order(user: User, name: str = "worklist", **more):
    purpose = export.kinds()[name].purposes[0]
    return export.order(user, name, FILTERS[name], **{"is_masked": True, "purpose": purpose, "reason": REASON} | more)


def lines(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("name", MAY)
@pytest.mark.parametrize("user", STAFF, ids=lambda user: user.name)
def test_who_may_order_what(own_city, user, name):
    if user in MAY[name]:
        if name == "feed_check":  # the small city's feeds have no problem to write out
            with pytest.raises(OrderRefused, match="行がありません"):
                order(user, name)
        else:
            assert order(user, name).row_count > 0
    else:
        with pytest.raises(NotAllowed):
            order(user, name)


@pytest.mark.parametrize("user", [OFFICER, CHIEF], ids=lambda user: user.name)
def test_the_file_is_the_list_masked_with_its_footer(own_city, user):
    wanted = order(user)
    assert not wanted.needs_approval
    file = export.make(user, wanted)
    rows = lines(file.content)
    shown = query.ask(user, "district_worklist", page_size=10_000, skipped=0, **FILTERS["worklist"])
    assert rows[0][:3] == ["参照番号", "氏名", "年齢"]
    assert [row[0] for row in rows[1 : file.row_count + 1]] == shown["atena_ref"].to_list()
    assert all(row[1].endswith("＊＊") for row in rows[1 : file.row_count + 1])
    assert set(file.atena_refs) == set(shown["atena_ref"])
    footer = dict(rows[file.row_count + 2 :])
    assert footer["行数"] == f"{file.row_count}行"
    assert footer["利用者"].startswith(user.name)
    assert footer["スナップショット"] == query.standing().snapshot_id
    assert footer["注意"] == "目的外利用禁止"
    assert {"書出し番号", "日時", "使用目的", "承認"} <= footer.keys()


def test_names_in_clear_need_an_approval_and_then_are_there(own_city):
    wanted = order(OFFICER, is_masked=False)
    assert wanted.needs_approval
    with pytest.raises(FileRefused, match="承認が要ります"):
        export.make(OFFICER, replace(wanted, needs_approval=False))  # as a chief's order would be, whose role has changed since
    wanted = replace(wanted, approved_by=CHIEF.name)
    names = {row[1] for row in lines(export.make(OFFICER, wanted).content)[1 : wanted.row_count + 1]}
    assert names == set(query.ask(OFFICER, "district_worklist", page_size=10_000, skipped=0, **FILTERS["worklist"])["name"])
    assert not order(CHIEF, is_masked=False).needs_approval, "what the chief sees is masked anyway"


@pytest.mark.parametrize(("free", "most", "outcome"), [(10_000, 10_000, "free"), (1, 10_000, "approval"), (1, 2, "refused")])
def test_the_row_caps(own_city, monkeypatch, free, most, outcome):
    table = export._table()
    monkeypatch.setattr(export, "_table", lambda: {**table, "limits": {"officer": {"free": free, "most": most}}})
    if outcome == "refused":
        with pytest.raises(OrderRefused, match="2行を超える"):
            order(OFFICER)
    else:
        assert order(OFFICER).needs_approval == (outcome == "approval")


def test_the_limits_are_the_office_s():
    assert export._table()["limits"]["officer"] == {"free": 500, "most": 2000}
    assert export._table()["limits"].keys() == {user.role for users in MAY.values() for user in users}


@pytest.mark.parametrize(("wrong", "says"), [({"purpose": "興味"}, "使用目的"), ({"purpose": None}, "使用目的"), ({"reason": "x"}, "理由を"),
                                             ({"reason": "個人番号 123456789018 の人の名簿"}, "個人番号")])
def test_a_wrong_order_is_refused(own_city, wrong, says):
    with pytest.raises(OrderRefused, match=says):
        order(OFFICER, **wrong)
    with pytest.raises(OrderRefused):
        export.order(OFFICER, "worklist", {"queue": None}, is_masked=True, purpose="納付催告", reason=REASON)


def test_a_right_lost_since_and_rows_that_grew_are_refused(own_city):
    wanted = order(OFFICER)
    for user in (ANALYST, ADMIN, AUDITOR, LTC_READER, User(OFFICER.name, "", "analyst", "", OFFICER.districts)):
        with pytest.raises(NotAllowed):
            export.make(user, wanted)
    grown = export_order.Order(**{**vars(wanted), "row_count": 0, "needs_approval": True})
    with pytest.raises(FileRefused, match="行が増えて"):
        export.make(OFFICER, grown)


@pytest.mark.parametrize(("cell", "written"), [
    ("=1+1", "'=1+1"), ("+81", "'+81"), ("-1", "'-1"), ("@sum", "'@sum"), ("\tx", "'\tx"), ("\rx", "'\rx"), ("  =x", "'  =x"), ("　＝x", "'　＝x"),
    (-5, "-5"), (0, "0"), (None, ""), ("青島", "青島"), ("a=1", "a=1"),
])
def test_no_cell_is_a_formula(cell, written):
    assert export.safe(cell) == written


def test_formulas_in_the_data_are_written_as_text():
    frame = pl.DataFrame({"name": ["=cmd|' /C calc'!A0"], "unpaid_yen": [-1]})
    assert lines(export._csv(frame, [("利用者", "=x")]))[1:] == [["'=cmd|' /C calc'!A0", "-1"], [], ["利用者", "'=x"]]


def test_the_older_snapshot_ordered_is_the_one_written(own_city):
    day = query.kept()[-1].id
    with query.looking_at(day):
        wanted = order(CHIEF)
    assert wanted.snapshot_id == day != connection.engine().snapshot.id
    assert dict(lines(export.make(CHIEF, wanted).content)[wanted.row_count + 2 :])["スナップショット"] == day
