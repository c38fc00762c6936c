"""確定した報告: made once, agreed to by two, the same bytes for ever; what is damaged, unfinished or not agreed to is not given out."""

import hashlib
import os
import shutil
import uuid
from dataclasses import replace
from datetime import date

import pytest

import settings
from audit import log
from auth.access import NotAllowed
from auth.export_order import Order
from auth.export_route import FileRefused
from casework import report_release
from casework.approval import ApprovalRefused, decline
from data_access import export, month_end, monthly_report, report_archive
from data_access.monthly_report import Check
from data_access.report_archive import ReportRefused, damage, every, final, make, read
from tests import staff
from tests.pages.screen import show

TODAY = date(2026, 10, 30)
MONTH, YEAR = "monthly-2026-10", "annual-2025"


def new() -> str:
    return str(uuid.uuid4())


def asked(kept, user=staff.CHIEF, version=0):
    return report_release.propose(user, report=kept.report, sha256=kept.sha256, snapshot_id=kept.snapshot_id, reason="月末の報告のため。", event_id=new(),
                                  expected_version=version, today=TODAY)


def agree(kept, version=0):
    proposal = asked(kept, version=version)
    return report_release.approve(staff.MANAGER, report=kept.report, proposal_id=proposal.event_id, event_id=new(), today=TODAY)


def order(kept) -> Order:
    return Order("0" * 32, "kansa", "archived_report", {"report": kept.name}, True, "監査", "x", kept.snapshot_id, 1, "2026-10-30", False, None, None)


@pytest.mark.parametrize(("year", "report"), [(None, MONTH), (2025, YEAR)])
def test_a_report_is_final_when_two_have_agreed_and_then_it_is_the_same_bytes(own_city, year, report):
    kept = make(staff.CHIEF, year)
    assert (kept.report, final(report)) == (report, None)
    with pytest.raises(ReportRefused, match="確定していません"):
        read(kept.name)
    agree(kept)
    assert final(report) == kept.sha256
    body = read(kept.name)
    assert hashlib.sha256(body).hexdigest() == kept.sha256
    assert body.startswith(b"%PDF")
    given = export.make(staff.AUDITOR, order(kept))
    assert (given.content, given.media_type, given.row_count) == (body, "application/pdf", 1)
    assert make(staff.CHIEF, year) == kept, "the same snapshot makes the same file"
    assert len(every(report)) == 1


def test_who_is_to_approve_reads_the_very_file_first_and_finds_it_from_home(own_city):
    """It leaves by the one-time route only, for the approver only, and only while it waits."""
    kept = make(staff.CHIEF)
    wanted = replace(order(kept), kind="awaited_report")
    with pytest.raises(FileRefused, match="承認を待っていません"):
        export.make(staff.MANAGER, wanted)
    proposal = asked(kept)
    assert report_archive.awaited() == {MONTH: (kept.sha256, staff.CHIEF.name)}
    given = export.make(staff.MANAGER, wanted)
    assert hashlib.sha256(given.content).hexdigest() == kept.sha256
    assert export.order(staff.MANAGER, "awaited_report", {"report": kept.name}, is_masked=True, purpose="月次の報告", reason="承認の前に読むため。確かめます").row_count == 1
    for user in (staff.CHIEF, staff.AUDITOR, staff.OFFICER):
        with pytest.raises(NotAllowed):
            export.make(user, wanted)
    says = "月次報告（令和8年10月）の確定が、あなたの承認を待っています"
    assert says in [button.label for button in show(staff.MANAGER, "home").at.button]
    assert says not in [button.label for button in show(staff.CHIEF, "home").at.button]
    assert "この PDF です" in show(staff.MANAGER, "monthly_report").words()
    report_release.approve(staff.MANAGER, report=MONTH, proposal_id=proposal.event_id, event_id=new(), today=TODAY)
    with pytest.raises(FileRefused, match="承認を待っていません"):
        export.make(staff.MANAGER, wanted)
    assert says not in [button.label for button in show(staff.MANAGER, "home").at.button]


def test_a_report_of_another_month_that_waits_is_decided_on_the_page_of_its_kind(own_city):
    kept = make(staff.CHIEF)
    report_release.propose(staff.CHIEF, report="monthly-2026-09", sha256=kept.sha256, snapshot_id=kept.snapshot_id, reason="前の月の報告。", event_id=new(), expected_version=0, today=TODAY)
    proposal = asked(kept)
    screen = show(staff.MANAGER, "monthly_report")
    assert [text for text in ("令和8年9月　指紋", "令和8年10月　指紋") if text in screen.words()] == ["令和8年9月　指紋", "令和8年10月　指紋"]
    decline(staff.MANAGER, report_release.matter(MONTH), proposal_id=proposal.event_id, event_id=new(), reason="数字を見直すため。", today=TODAY)
    assert set(report_archive.awaited()) == {"monthly-2026-09"}
    kept_elsewhere = "保管場所にありません"
    assert kept_elsewhere in " ".join(error.value for error in show(staff.MANAGER, "monthly_report").at.error)


def test_two_reports_do_not_take_each_others_place(own_city):
    month, year = make(staff.CHIEF), make(staff.CHIEF, 2025)
    proposal = asked(month)
    agree(year)
    report_release.approve(staff.MANAGER, report=MONTH, proposal_id=proposal.event_id, event_id=new(), today=TODAY)
    assert (final(MONTH), final(YEAR)) == (month.sha256, year.sha256)


@pytest.mark.parametrize("user", [staff.MANAGER, staff.OFFICER, staff.ANALYST, staff.AUDITOR, staff.ADMIN], ids=lambda user: user.role)
def test_only_a_chief_has_a_report_made(own_city, user):
    with pytest.raises(NotAllowed):
        make(user)
    assert every("") == []


@pytest.mark.parametrize("user", [staff.OFFICER, staff.ANALYST, staff.ADMIN], ids=lambda user: user.role)
def test_only_readers_of_the_archive_are_given_a_file(own_city, user):
    kept = make(staff.CHIEF)
    agree(kept)
    with pytest.raises(NotAllowed):
        export.make(user, order(kept))


def test_nobody_makes_a_report_final_alone(own_city):
    kept = make(staff.CHIEF)
    proposal = asked(kept)
    promoted = type(staff.CHIEF)(staff.CHIEF.name, "係長", "manager", "収納推進課")
    with pytest.raises(NotAllowed, match="自分の提案"):
        report_release.approve(promoted, report=MONTH, proposal_id=proposal.event_id, event_id=new(), today=TODAY)
    assert final(MONTH) is None


@pytest.mark.parametrize("bad", [{"report": "weekly-2026"}, {"report": "../x"}, {"sha256": "x"}, {"snapshot_id": "x"}])
def test_a_proposal_about_nothing_is_refused(own_city, bad):
    said = {"report": MONTH, "sha256": "0" * 64, "snapshot_id": "20261030T120000Z-0123abcd"} | bad
    with pytest.raises(ApprovalRefused):
        report_release.propose(staff.CHIEF, **said, reason="x", event_id=new(), expected_version=0, today=TODAY)


def test_what_does_not_agree_or_is_still_open_is_never_kept(own_city, monkeypatch):
    with pytest.raises(ReportRefused, match="出納閉鎖の前"):
        make(staff.CHIEF, 2026)
    monkeypatch.setattr(monthly_report, "checks", lambda _rows: [Check("各行の計 ＝ 合計", 1)])
    with pytest.raises(ReportRefused, match="各行の計"):
        make(staff.CHIEF)
    assert every("") == []


@pytest.mark.parametrize("spoil", [lambda path: path.write_bytes(path.read_bytes()[:-1] + b"x"), lambda path: path.unlink(), lambda path: path.write_bytes(b"")])
def test_a_damaged_file_is_told_and_not_given_out(own_city, spoil):
    kept = make(staff.CHIEF)
    agree(kept)
    spoil(report_archive.folder() / f"{kept.name}.pdf")
    assert "指紋" in damage(kept)
    with pytest.raises(ReportRefused, match="確定したときの中身ではありません"):
        read(kept.name)
    with pytest.raises(FileRefused):
        export.make(staff.AUDITOR, order(kept))
    assert "破損" in show(staff.AUDITOR, "monthly_report").words()
    assert make(staff.CHIEF) == kept, "made again from the same snapshot it is whole again"
    assert damage(kept) is None


@pytest.mark.parametrize("spoil", [lambda path: path.unlink(), lambda path: path.write_text("{"), lambda path: path.write_text("[]")])
def test_a_final_report_that_was_taken_away_is_missed(own_city, spoil):
    """Whoever can delete the files cannot delete that two people agreed to them."""
    kept = make(staff.CHIEF)
    assert report_archive.lost("") == []
    agree(kept)
    assert report_archive.lost("") == []
    spoil(report_archive.folder() / f"{kept.name}.json")
    assert (report_archive.lost("monthly"), report_archive.lost("annual")) == ([MONTH], [])
    assert "保管場所にありません" in show(staff.AUDITOR, "monthly_report").words()
    assert make(staff.CHIEF) == kept, "made again from the same snapshot it is there again"
    assert report_archive.lost("") == []


def test_a_name_that_leads_elsewhere_leads_nowhere(own_city):
    for name in ("../CURRENT", "monthly-2026-10", "", "monthly-2026-10-000000000000", "/etc/passwd"):
        with pytest.raises(ReportRefused):
            read(name)


def test_a_full_disk_leaves_nothing_half_made(own_city, monkeypatch):
    def full(_number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ReportRefused, match="保管できませんでした"):
        make(staff.CHIEF)
    assert every("") == []
    monkeypatch.undo()


def test_the_month_s_end_makes_what_is_due_once(own_city, capsys):
    """10月30日 is the month's last open day; the accounts of 2025 closed on 5月31日."""
    before = log.count()
    shutil.rmtree(settings.analysis(), ignore_errors=True)  # another test may have looked at the city that this one is a copy of
    assert month_end.main([]) == 0
    assert {kept.report for kept in every("")} == {MONTH, YEAR}
    assert {kept.made_by for kept in every("")} == {"month_end"}
    assert log.count() > before
    told = capsys.readouterr().out
    assert f"{MONTH} を作りました" in told
    assert told.count("アドホック分析の表を作りました") == 1
    parts = {path: path.read_bytes() for path in settings.analysis().glob("*.parquet")}
    assert len(parts) == 1
    assert month_end.main([]) == 0
    assert {path: path.read_bytes() for path in settings.analysis().glob("*.parquet")} == parts, "made once, and never again"
    assert capsys.readouterr().out == ""
    assert month_end.main(["x"]) == 2
    assert final(MONTH) is None, "a machine makes drafts; people make them final"


def test_from_the_page_to_the_final_report(own_city, confirmed):
    def press(screen, label):
        screen.run(next(each for each in screen.at.button if each.label == label).click())

    screen = show(staff.CHIEF, "monthly_report")
    screen.run(next(each for each in screen.at.text_area if each.label == "理由").set_value("10月分の報告として。"))
    screen.run(next(each for each in screen.at.checkbox if each.label == "上の内容を確かめた").check())
    press(screen, "確定を求める")
    assert not screen.at.error, [each.value for each in screen.at.error]
    assert "承認を待つ" in screen.words()
    boss = show(staff.MANAGER, "monthly_report")
    boss.run(next(each for each in boss.at.checkbox if each.label == "内容と理由を確かめた").check())
    press(boss, "承認する")
    assert boss.cells("report_state", -2) == ["確定"]
    assert final(MONTH) == every(MONTH)[0].sha256
    assert "確定した報告" in show(staff.AUDITOR, "monthly_report").words()
    assert "報告の確定と保管" not in show(staff.OFFICER, "monthly_report").words()
