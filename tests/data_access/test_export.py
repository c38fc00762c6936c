"""書出し: what may be ordered by whom, who has to approve it, and a CSV that no spreadsheet runs."""

import csv
import hashlib
import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree as ET

import polars as pl
import pytest

from auth import export_order
from auth.access import NotAllowed, User
from auth.export_order import OrderRefused
from auth.export_route import FileRefused
from data_access import annual_report, connection, export, query, workbook
from tests.data_access.test_sealed import PASSWORD, opened
from tests.staff import ADMIN, ANALYST, AUDITOR, CHIEF, LTC_READER, MANAGER, NEIGHBOUR, OFFICER, STAFF

DAY = re.compile(r"\d{4}-\d\d-\d\d")
REASON = "午後の訪問の名簿を作るため"
FILTERS = {"worklist": {"queue": None, "district": None, "sort": "急ぐ順"}, "suspension_candidates": {"district": None, "verdict": None, "ground": None},
           "write_off_statement": {"district": None, "booked_as": None},
           "analysis": {"theme": "procedure", "dimensions": ["case_stage"], "measure": "people", "chosen": {}},
           "feed_check": {"report_id": ""}}  # fmt: skip
MAY = {"worklist": {MANAGER, CHIEF, OFFICER, NEIGHBOUR}, "suspension_candidates": {MANAGER, CHIEF, OFFICER, NEIGHBOUR},
       "write_off_statement": {MANAGER, CHIEF, OFFICER, NEIGHBOUR}, "feed_check": {ADMIN},
       "analysis": {MANAGER, CHIEF, ANALYST}}


def order(user: User, name: str = "worklist", **more):
    purpose = export.kinds()[name].purposes[0]
    return export.order(user, name, FILTERS[name], **{"is_masked": True, "purpose": purpose, "reason": REASON} | more)


def lines(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def cells(content: bytes) -> list[list[tuple[str, str]]]:
    """(kind, text) of every cell of a workbook, line by line."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = ET.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    return [[(cell.get("t", "n"), "".join(cell.itertext())) for cell in line.findall("{*}c")] for line in sheet.findall(".//{*}row")]


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
    manifest = connection.engine().snapshot.folder / "manifest.json"
    assert footer["スナップショットの SHA-256"] == hashlib.sha256(manifest.read_bytes()).hexdigest()
    book = export.make(user, wanted, is_workbook=True)
    assert (book.name, book.row_count, set(book.atena_refs)) == (file.name.replace(".csv", ".xlsx"), file.row_count, set(file.atena_refs))
    written = cells(book.content)
    assert [[value for _, value in line] for line in written[1 : file.row_count + 1]] == [
        [str((date.fromisoformat(cell) - workbook.EPOCH).days) if DAY.fullmatch(cell) else cell for cell in row if cell]
        for row in rows[1 : file.row_count + 1]]
    assert {line[0][1] for line in written[file.row_count + 1 :]} == footer.keys()


def test_a_workbook_of_a_report_names_its_years_as_the_screen_does(own_city):
    """令和7年度 in the workbook, in the column and as the line of a 相当年度; the CSV, for machines, keeps 2025."""
    wanted = export.order(CHIEF, "annual_report", annual_report.asked(2025), is_masked=True, purpose="決算・年報の作成", reason=REASON)
    plain = lines(export.make(CHIEF, wanted).content)[1 : wanted.row_count + 1]
    told = [[value for _, value in line] for line in cells(export.make(CHIEF, wanted, is_workbook=True).content)[1 : wanted.row_count + 1]]
    assert {row[0] for row in plain} == {"2025"}
    assert {row[0] for row in told} == {"令和7年度"}
    years = {mine[2]: theirs[2] for mine, theirs in zip(plain, told, strict=True) if mine[1] == annual_report.LEVY_YEARS}
    assert years == {year: "合計" if year == "合計" else f"令和{'元' if year == '2019' else int(year) - 2018}年度" for year in years}
    assert len(years) > 3
    assert [row[2] for row in told if row[1] != annual_report.LEVY_YEARS] == [row[2] for row in plain if row[1] != annual_report.LEVY_YEARS]


def test_names_in_clear_need_an_approval_and_then_are_there(own_city):
    wanted = order(OFFICER, is_masked=False)
    assert wanted.needs_approval
    with pytest.raises(FileRefused, match="承認が要ります"):
        export.make(OFFICER, replace(wanted, needs_approval=False))
    wanted = replace(wanted, approved_by=CHIEF.name)
    sealed = {form: export.make(OFFICER, wanted, is_workbook=form == "xlsx", password=PASSWORD) for form in ("csv", "xlsx")}
    for form, file in sealed.items():
        name, content = opened(file.content, PASSWORD)
        assert (file.name, name, file.media_type) == (f"地区ワークリスト_{wanted.id[:8]}.zip", f"地区ワークリスト_{wanted.id[:8]}.{form}", "application/zip")
        assert zipfile.is_zipfile(io.BytesIO(content)) is (form == "xlsx")
    with pytest.raises(ValueError, match="password"):
        export.make(OFFICER, wanted)
    names = {row[1] for row in lines(opened(sealed["csv"].content, PASSWORD)[1])[1 : wanted.row_count + 1]}
    assert not [name for name in names if name.encode() in sealed["csv"].content]
    assert names == set(query.ask(OFFICER, "district_worklist", page_size=10_000, skipped=0, **FILTERS["worklist"])["name"])
    assert order(CHIEF, is_masked=False).needs_approval, "what the chief sees is masked, but for whom a 一時解除 has opened"


def test_whoever_approves_reads_to_what_an_order_is_narrowed(own_city):
    assert export.narrowed_to(order(OFFICER)) == "並び順 急ぐ順"
    assert export.narrowed_to(order(CHIEF, "suspension_candidates")) == "絞込みなし"
    assert export.narrowed_to(order(CHIEF, "analysis")) == "主題 procedure・切り口 case_stage・数字 people"
    one = replace(order(CHIEF), kind="suspension_notice", parameters={"atena_ref": "7K3M-9QXD-2FHA", "decision": "e1"})
    assert export.narrowed_to(one) == "参照番号 7K3M-9QXD-2FHA・決裁 e1"
    assert {name for kind in export.kinds().values() for name in kind.filters} == export.filter_names().keys()


@pytest.mark.parametrize(("free", "most", "outcome"), [(10_000, 10_000, "free"), (1, 10_000, "approval"), (1, 2, "refused")])
def test_the_row_caps(own_city, monkeypatch, free, most, outcome):
    monkeypatch.setattr(export, "limits", lambda: {"officer": {"free": free, "most": most}})
    if outcome == "refused":
        with pytest.raises(OrderRefused, match="2行を超える"):
            order(OFFICER)
    else:
        assert order(OFFICER).needs_approval == (outcome == "approval")


def test_the_limits_are_the_office_s():
    assert export.limits()["officer"] == {"free": 500, "most": 2000}
    assert export.limits().keys() == {user.role for users in MAY.values() for user in users} | {AUDITOR.role}, "監査 takes away final reports (test_report_archive.py)"


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


HOSTILE = ["=1+1", "＝cmd|' /C calc'!A0", "@sum", "\t=x", "_x003D_1", "<f>1</f>", 'a"&b', "\x00\x1b髙\U0002000b\ud800", "x\r\ny", " "]


def test_a_workbook_holds_text_as_text_and_the_same_rows_as_the_same_bytes():
    """No formula element, no code that a spreadsheet would decode, nothing of the machine; numbers and days are counted with."""
    frame = pl.DataFrame({"name": HOSTILE[:7] + HOSTILE[8:], "unpaid_yen": [-1, 0, 10**15, *range(6)], "due_date": [date(2026, 3, 1)] * 9})
    made = [workbook.workbook("地区<1>", ["氏名", "額", "納期限"], frame, [("利用者", "=x & y")], "tanto1 & 目的外利用禁止") for _ in range(2)]
    assert made[0] == made[1]
    with zipfile.ZipFile(io.BytesIO(made[0])) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert "docProps" not in "".join(archive.namelist()), "no author"
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert not ET.fromstring(sheet).findall(".//{*}f")
    written = cells(made[0])
    assert [line[0][1] for line in written[1:10]] == [text.replace("_x003D_", "_x005F_x003D_") for text in frame["name"]]
    assert [line[1] for line in written[1:4]] == [("n", "-1"), ("n", "0"), ("inlineStr", "1000000000000000")]
    assert '<c r="B2" s="3">' in sheet, "yen with their thousands"
    assert written[1][2] == ("n", "46082"), "1 March 2026 in Excel's calendar"
    assert written[-1] == [("inlineStr", "利用者"), ("inlineStr", "=x & y")]
    assert "&amp;Ltanto1 &amp;&amp; 目的外利用禁止" in sheet
    assert workbook._xml(HOSTILE[7]) == "\ufffd\ufffd髙\U0002000b\ufffd"
    assert [workbook._column(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_the_older_snapshot_ordered_is_the_one_written(own_city):
    day = query.kept()[-1].id
    with query.looking_at(day):
        wanted = order(CHIEF)
    assert wanted.snapshot_id == day != connection.engine().snapshot.id
    assert dict(lines(export.make(CHIEF, wanted).content)[wanted.row_count + 2 :])["スナップショット"] == day
