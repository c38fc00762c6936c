"""Accounts by two people, their first secret, the staff feed, the review: each rule tried from its wrong side too."""

import csv
import io
import json
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

import store
from audit import log
from auth import (
    account_proposal,
    account_review,
    account_rules,
    account_store,
    accounts,
    first_secret,
    permission_table,
    sessions,
    staff_feed,
)
from auth.access import NotAllowed, permissions
from auth.account_checks import AccountRefused
from auth.accounts import Refused, Verified, verify
from auth.accounts_command import main as accounts_main
from tests.auth.visitor import PASSWORD
from tests.staff import ADMIN, ANALYST, AUDITOR, CHIEF, LTC_READER, MANAGER, OFFICER

HERE = "10.0.0.1"
WHY = "4月の異動のため"
STAFF = {"display_name": "鈴木 花", "role": "officer", "section": "収納推進課", "holder": "staff", "employee_number": "E100", "districts": ("D01",)}


def logged(action: str) -> list[dict]:
    read = sa.select(log.ACCESS_LOG).where(log.ACCESS_LOG.c.action == action).order_by(log.ACCESS_LOG.c.seq)
    with store.engine().connect() as connection:
        return [{"actor": row.actor, **json.loads(row.detail)} for row in connection.execute(read)]


def row_of(name: str) -> sa.Row:
    return next(row for row in account_store.everyone() if row.name == name)


def made(name: str = "suzuki", **change: object) -> str:
    """An account by proposal and approval; its first secret."""
    proposal = account_proposal.propose(ADMIN, "create", name, reason=WHY, content=STAFF | {"employee_number": f"E{name}"} | change)
    return account_proposal.approve(MANAGER, proposal)


def test_two_people_make_an_account_and_both_are_in_the_log(home, clock):
    secret = made()
    assert logged("account.propose")[0] | {"proposal": ""} == {
        "actor": "kanri", "account": "suzuki", "kind": "create", "proposal": "", "role": "officer", "section": "収納推進課", "districts": ["D01"], "holder": "staff",
    }  # fmt: skip
    assert logged("account.approve")[0]["actor"] == "kacho"
    assert row_of("suzuki").expires_on == "2027-03-31"
    assert isinstance(verify("suzuki", secret, HERE), Verified)
    assert not account_proposal.waiting()


def test_before_the_approval_there_is_no_account(home, clock):
    account_proposal.propose(ADMIN, "create", "suzuki", reason=WHY, content=STAFF)
    assert account_store.everyone() == []
    assert [row.account for row in account_proposal.waiting()] == ["suzuki"]


@pytest.mark.parametrize("user", [MANAGER, CHIEF, OFFICER, ANALYST, AUDITOR, LTC_READER])
def test_only_the_admin_proposes(home, clock, user):
    with pytest.raises(NotAllowed, match="権限がありません"):
        account_proposal.propose(user, "create", "suzuki", reason=WHY, content=STAFF)


@pytest.mark.parametrize("user", [ADMIN, CHIEF, OFFICER, ANALYST, AUDITOR, LTC_READER])
def test_only_the_manager_approves(home, clock, user):
    proposal = account_proposal.propose(ADMIN, "create", "suzuki", reason=WHY, content=STAFF)
    with pytest.raises(NotAllowed, match="権限がありません"):
        account_proposal.approve(user, proposal)
    assert account_store.everyone() == []


def test_no_role_may_both_propose_and_approve():
    both = [name for name, role in permissions().roles.items() if {"account.propose", "account.approve"} <= role.actions]
    assert both == []


def test_nobody_changes_their_own_account_and_the_store_itself_wants_two_people(home, clock):
    accounts.create("kanri", display_name="管理", role="admin", section="情報政策課", password=PASSWORD)
    with pytest.raises(NotAllowed, match="自分"):
        account_proposal.propose(ADMIN, "reset", "kanri", reason=WHY)
    accounts.create("kacho", display_name="課長", role="manager", section="収納推進課", password=PASSWORD)
    proposal = account_proposal.propose(ADMIN, "reset", "kacho", reason=WHY)
    with pytest.raises(NotAllowed, match="自分"):
        account_proposal.approve(MANAGER, proposal)
    forged = account_proposal.account_proposal.update().values(decision="approved", decided_by="kanri")
    with pytest.raises(sa.exc.IntegrityError), store.engine().begin() as connection:
        connection.execute(forged)


def test_an_approval_counts_once_and_a_declined_proposal_never(home, clock):
    proposal = account_proposal.propose(ADMIN, "create", "suzuki", reason=WHY, content=STAFF)
    account_proposal.approve(MANAGER, proposal)
    with pytest.raises(AccountRefused, match="済んでいます"):
        account_proposal.approve(MANAGER, proposal)
    declined = account_proposal.propose(ADMIN, "reset", "suzuki", reason=WHY)
    account_proposal.decline(ADMIN, declined)
    with pytest.raises(AccountRefused, match="済んでいます"):
        account_proposal.approve(MANAGER, declined)


def test_without_the_log_nothing_happens(home, clock, monkeypatch):
    proposal = account_proposal.propose(ADMIN, "create", "suzuki", reason=WHY, content=STAFF)

    def full_disk(**_entry):
        raise log.AuditUnavailable("記録できません")

    monkeypatch.setattr(log, "append", full_disk)
    with pytest.raises(log.AuditUnavailable):
        account_proposal.approve(MANAGER, proposal)
    assert account_store.everyone() == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"role": "mayor"}, "権限表"), ({"districts": ()}, "担当地区"), ({"section": " "}, "所属"), ({"display_name": ""}, "氏名"),
        ({"holder": "friend"}, "職員か保守業者"), ({"employee_number": ""}, "職員番号"), ({"holder": "vendor"}, "保守業者には"),
    ],
)  # fmt: skip
def test_a_wrong_proposal_is_refused(home, clock, change, said):
    with pytest.raises(AccountRefused, match=said):
        account_proposal.propose(ADMIN, "create", "suzuki", reason=WHY, content=STAFF | change)
    assert logged("account.propose") == []


@pytest.mark.parametrize("role", [name for name in permissions().roles if name != "analyst"])
def test_a_vendor_gets_no_other_role_by_any_way(home, clock, role):
    """Neither at the start nor by a change nor by one that was proposed before the rule was, nor back from a time before it."""
    with pytest.raises(AccountRefused, match="保守業者には"):
        account_proposal.propose(ADMIN, "create", "hosyu", reason=WHY, content=STAFF | {"holder": "vendor", "role": role})
    made("hosyu", role="analyst", holder="vendor", employee_number="", districts=())
    wanted = {"role": role, "section": "収納推進課", "districts": ["D01"]}
    with pytest.raises(AccountRefused, match="保守業者には"):
        account_proposal.propose(ADMIN, "change", "hosyu", reason=WHY, content=wanted)
    proposal = account_proposal.propose(ADMIN, "change", "hosyu", reason=WHY, content=wanted | {"role": "analyst"})
    with store.engine().begin() as connection:
        connection.execute(account_proposal.account_proposal.update().where(account_proposal._of.id == proposal).values(content=json.dumps(wanted)))
    with pytest.raises(AccountRefused, match="保守業者には"):
        account_proposal.approve(MANAGER, proposal)
    account_proposal.decline(ADMIN, proposal)
    accounts.change("hosyu", role=role)
    with pytest.raises(AccountRefused, match="保守業者には"):
        account_proposal.propose(ADMIN, "renew", "hosyu", reason=WHY)


def test_one_person_gets_no_second_account(home, clock):
    made()
    with pytest.raises(AccountRefused, match="1人に1つ"):
        made("suzuki2", employee_number="Esuzuki")
    waiting = [account_proposal.propose(ADMIN, "create", name, reason=WHY, content=STAFF) for name in ("abe", "baba")]
    account_proposal.approve(MANAGER, waiting[0])
    with pytest.raises(AccountRefused, match="1人に1つ"):
        account_proposal.approve(MANAGER, waiting[1])


@pytest.mark.parametrize("change", [{"display_name": "鈴木 123456789018"}, {"section": "1234-5678-9018"}, {"employee_number": "123456789018"},
                                    {"districts": ("D01", "１２３４５６７８９０１８")}])
def test_a_my_number_is_refused_in_every_text(home, clock, change):
    with pytest.raises(AccountRefused, match="個人番号"):
        account_proposal.propose(ADMIN, "create", "suzuki", reason=WHY, content=STAFF | change)
    with pytest.raises(AccountRefused, match="個人番号"):
        account_proposal.propose(ADMIN, "create", "suzuki", reason="本人の 123456789018", content=STAFF)
    with pytest.raises(AccountRefused, match="個人番号"):
        account_proposal.propose(ADMIN, "create", "123456789018", reason=WHY, content=STAFF)
    with pytest.raises(AccountRefused, match="個人番号"):
        account_review.sign(MANAGER, account_review.digest(account_review.listing()), "123456789018")
    assert logged("account.propose") == account_review.signed() == []


def test_a_proposal_needs_a_reason_and_waits_alone(home, clock):
    with pytest.raises(AccountRefused, match="理由"):
        account_proposal.propose(ADMIN, "create", "suzuki", reason=" ", content=STAFF)
    account_proposal.propose(ADMIN, "create", "suzuki", reason=WHY, content=STAFF)
    with pytest.raises(AccountRefused, match="承認を待つ"):
        account_proposal.propose(ADMIN, "create", "suzuki", reason=WHY, content=STAFF)


def test_the_first_secret_lapses_and_lets_in_only_to_replace_it(home, clock):
    secret = made()
    assert len(secret.replace("-", "")) == 20
    found = sessions.find(sessions.start("suzuki", HERE))
    assert not found.is_ready
    assert sessions.user_of(found.sid) is None
    clock.forward(hours=71, minutes=59)
    assert isinstance(verify("suzuki", secret, HERE), Verified)
    clock.forward(minutes=1)
    assert verify("suzuki", secret, HERE) == Refused("lapsed", is_known=True)


def test_an_own_password_ends_the_first_secret(home, clock):
    secret = made()
    accounts.set_password("suzuki", PASSWORD)
    assert not first_secret.is_pending("suzuki")
    assert isinstance(verify("suzuki", secret, HERE), Refused)
    assert sessions.find(sessions.start("suzuki", HERE)).is_ready


def test_a_vendor_has_seven_days_counting_today(home, clock):
    made("hosyu", role="analyst", holder="vendor", employee_number="", districts=())
    assert row_of("hosyu").expires_on == "2026-11-30"
    clock.forward(days=30)
    account_proposal.approve(MANAGER, account_proposal.propose(ADMIN, "renew", "hosyu", reason=WHY))
    assert row_of("hosyu").expires_on == (clock.instant.date() + timedelta(days=6)).isoformat()


def test_a_change_and_a_return_take_two_people_and_a_reset_gives_a_new_secret(home, clock):
    made()
    change = account_proposal.propose(ADMIN, "change", "suzuki", reason=WHY, content={"role": "officer", "section": "収納推進課", "districts": ["D07"]})
    assert json.loads(row_of("suzuki").districts) == ["D01"]
    assert account_proposal.approve(MANAGER, change) is None
    assert json.loads(row_of("suzuki").districts) == ["D07"]
    accounts.disable("suzuki")
    account_proposal.approve(MANAGER, account_proposal.propose(ADMIN, "enable", "suzuki", reason=WHY))
    assert not row_of("suzuki").is_disabled
    clock.forward(seconds=1)
    secret = account_proposal.approve(MANAGER, account_proposal.propose(ADMIN, "reset", "suzuki", reason=WHY))
    assert isinstance(verify("suzuki", secret, HERE), Verified)


@pytest.mark.parametrize(
    ("day", "end"), [("2026-04-01", "2027-03-31"), ("2027-03-31", "2027-03-31"), ("2027-01-05", "2027-03-31"), ("2028-02-29", "2028-03-31")]
)
def test_every_account_ends_with_the_fiscal_year(day, end):
    assert account_rules.last_day(date.fromisoformat(day)).isoformat() == end


@pytest.mark.parametrize(
    ("day", "start"), [("2026-04-01", "2026-04-01"), ("2026-06-30", "2026-04-01"), ("2026-11-24", "2026-10-01"), ("2027-01-01", "2027-01-01"), ("2027-03-31", "2027-01-01")]
)
def test_the_quarters_are_those_of_the_fiscal_year(day, start):
    assert account_rules.quarter_start(date.fromisoformat(day)).isoformat() == start


# The staff feed.


def feed(*rows: str) -> bytes:
    return "\r\n".join(["職員番号,氏名,所属", *rows, ""]).encode("cp932")


@pytest.fixture
def office(home, clock):
    """Three officers, a chief, a vendor's engineer, and one without a number."""
    for name in ("abe", "baba", "chiba"):
        made(name)
    made("dan", role="chief", districts=())
    made("hosyu", role="analyst", holder="vendor", employee_number="", districts=())
    accounts.create("old", display_name="旧", role="analyst", section="収納推進課", password=PASSWORD)


def test_who_left_is_disabled_who_moved_loses_the_districts(office):
    token = sessions.start("abe", HERE)
    report = staff_feed.reconcile(feed("Ebaba,馬場,税務課", "Echiba,千葉,収納推進課", "Edan,壇,市民課"))
    assert (report.left, report.moved, report.moved_and_disabled, report.without_number) == (["abe"], ["baba"], ["dan"], ["old"])
    assert {row.name for row in account_store.everyone() if row.is_disabled} == {"abe", "dan"}
    assert (row_of("baba").section, row_of("baba").districts, row_of("chiba").districts) == ("税務課", "[]", '["D01"]')
    assert sessions.end_reason(token) == "revoked"
    assert [(entry["actor"], entry["account"], entry["reason"]) for entry in logged("account.disable")] == [
        ("staff_feed", "abe", "left"), ("staff_feed", "dan", "moved"),
    ]  # fmt: skip
    again = staff_feed.reconcile(feed("Ebaba,馬場,税務課", "Echiba,千葉,収納推進課", "Edan,壇,市民課"))
    assert (again.left, again.moved, again.moved_and_disabled) == ([], [], [])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "見出し"), (b"a,b,c\r\n", "見出し"), (feed(), "1人もいません"), (feed("E1,x"), "2行目"), (feed(",x,y"), "2行目"),
        (feed("E1,x,y", "E1,x,y"), "2度目"), (b"\xff\xfe\x00", "見出し"),
    ],
)  # fmt: skip
def test_a_broken_feed_changes_nothing(office, content, said):
    with pytest.raises(staff_feed.StaffFeedRefused, match=said):
        staff_feed.reconcile(content)
    assert not any(row.is_disabled for row in account_store.everyone())


def test_a_feed_that_would_empty_the_office_waits_for_a_person(office):
    with pytest.raises(staff_feed.StaffFeedRefused, match="--accept 4"):
        staff_feed.reconcile(feed("E999,別人,収納推進課"))
    assert not any(row.is_disabled for row in account_store.everyone())
    assert len(staff_feed.reconcile(feed("E999,別人,収納推進課"), accepted=4).left) == 4


def test_the_feed_s_command_reports(office, tmp_path, capsys):
    file = tmp_path / "staff.csv"
    file.write_bytes(feed("Eabe,阿部,収納推進課", "Ebaba,馬場,収納推進課", "Echiba,千葉,税務課", "Edan,壇,収納推進課"))
    assert staff_feed.main([str(file)]) == 0
    said = capsys.readouterr().out
    assert "異動で担当地区を解除: 1人（chiba）" in said
    assert "退職などで停止: 0人" in said
    assert staff_feed.main([str(tmp_path / "none.csv")]) == 1


# The quarterly review.


def test_the_review_is_signed_once_read_and_kept(office, clock):
    read = account_review.digest(account_review.listing())
    sessions.start("abe", HERE)  # a sign-in meanwhile does not matter
    account_review.sign(MANAGER, read, "要らないものはない")
    (row,) = account_review.signed()
    assert (row.period_start, row.signed_by, row.sha256) == ("2026-10-01", "kacho", read)
    assert {entry["name"] for entry in json.loads(row.listing)} == {"abe", "baba", "chiba", "dan", "hosyu", "old"}
    assert logged("account.review") == [{"actor": "kacho", "period_start": "2026-10-01", "sha256": read}]


def test_a_list_that_changed_meanwhile_is_read_again(office):
    read = account_review.digest(account_review.listing())
    accounts.disable("abe")
    with pytest.raises(AccountRefused, match="変わりました"):
        account_review.sign(MANAGER, read, "")
    with pytest.raises(NotAllowed):
        account_review.sign(ADMIN, account_review.digest(account_review.listing()), "")
    assert account_review.signed() == []


def test_a_review_unsigned_for_thirty_days_is_overdue(office):
    assert account_review.overdue(date(2026, 10, 31)) is None
    assert account_review.overdue(date(2026, 11, 1)) == account_review.Overdue(date(2026, 10, 31), date(2026, 11, 30))
    account_review.sign(MANAGER, account_review.digest(account_review.listing()), "")
    assert account_review.overdue(date(2026, 12, 31)) is None
    assert account_review.overdue(date(2027, 2, 1)) == account_review.Overdue(date(2027, 1, 31), date(2027, 3, 2))


def test_unsigned_for_sixty_days_suspends_the_accounts_until_the_signature(office, clock, capsys):
    """Nobody on the sixtieth day, on the next night everybody but those who sign, those new this quarter and those closed already."""
    accounts.set_password("abe", PASSWORD)
    table = account_store.account
    with store.engine().begin() as connection:
        connection.execute(table.update().where(table.c.name != "chiba").values(created_at="2026-09-30T00:00:00.000000Z"))
    accounts.disable("old")
    sid = sessions.find(sessions.start("abe", HERE)).sid
    clock.instant += date(2026, 11, 30) - clock.instant.date()
    assert account_review.suspend_unreviewed(date(2026, 11, 30)) == []
    clock.forward(days=1)
    accounts.create("kacho2", display_name="課長", role="manager", section="収納推進課", password=PASSWORD)
    assert account_review.main([]) == 0
    assert "停止: 3人（abe・baba・dan）" in capsys.readouterr().out
    assert account_review.suspend_unreviewed(date(2026, 12, 2)) == [], "once is enough"
    assert sessions.user_of(sid) is None
    assert verify("abe", PASSWORD, HERE) == Refused("unreviewed", is_known=True)
    assert isinstance(verify("kacho2", PASSWORD, HERE), Verified)
    assert {(entry["actor"], entry["account"], entry["reason"]) for entry in logged("account.disable")} == {
        ("account_review", name, "unreviewed") for name in ("abe", "baba", "dan")}
    assert {row.name: row.state for row in account_review.listing()} == {
        "abe": "点検待ちで停止", "baba": "点検待ちで停止", "dan": "点検待ちで停止", "hosyu": "期限切れ", "chiba": "有効", "old": "停止", "kacho2": "有効"}
    account_review.sign(MANAGER, account_review.digest(account_review.listing()), "")
    assert isinstance(verify("abe", PASSWORD, HERE), Verified)
    assert [row.name for row in account_review.listing() if row.state == "停止"] == ["old"], "what a person disabled stays disabled"
    assert {(entry["actor"], entry["account"], entry["reason"]) for entry in logged("account.enable")} == {
        ("kacho", name, "reviewed") for name in ("abe", "baba", "dan")}
    assert account_review.suspend_unreviewed(date(2026, 12, 31)) == []


# The command line, once two people can do it, and the table.


def test_once_two_people_can_the_command_line_makes_no_accounts(home, clock, capsys, monkeypatch):
    accounts.create("kanri", display_name="管理", role="admin", section="情報政策課", password=PASSWORD)
    accounts.create("kacho", display_name="課長", role="manager", section="収納推進課", password=PASSWORD)
    asked = ["create", "sato", "--role", "chief", "--display-name", "佐藤", "--section", "収納推進課", "--employee-number", "E9", "--password-stdin"]
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    assert accounts_main(asked) == 1
    assert "アカウント管理" in capsys.readouterr().err
    glass = [*asked, "--break-glass", "庁舎の火災"]
    assert accounts_main([*glass, "--expires-on", "2027-03-31"]) == 1
    assert "その日かぎり" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    assert accounts_main(glass) == 0
    assert logged("account.create")[0]["break_glass"] == "庁舎の火災"
    assert row_of("sato").expires_on == clock.instant.date().isoformat(), "broken for a day"
    assert first_secret.is_pending("sato"), "whoever broke the glass knows the password"


def test_the_permission_table_as_csv_says_what_decide_says(tmp_path):
    assert permission_table.main([str(tmp_path / "table.csv")]) == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "table.csv").read_bytes().decode("utf-8-sig"))))
    for name, role in permissions().roles.items():
        granted = {row["識別子"] for row in rows if row["区分"] == "操作" and row[role.title] == "○"}
        assert granted == role.actions, name
        seen = {row["識別子"]: row[role.title] for row in rows if row["区分"] == "項目"}
        assert seen == {key: permission_table.CLEARANCES[value] for key, value in role.clearance.items()}, name
        revealed = {row["識別子"]: row[role.title] for row in rows if row["区分"] == "一時解除"}
        assert revealed.keys() == permissions().classes.keys()
        assert {key: value for key, value in revealed.items() if value != "—"} == {
            key: {"alone": "理由を記録して", "approved": "承認を受けて"}[how] for key, how in role.reveal.items()}, name
    assert rows[-1]["内容"] == permissions().reviewed_on.isoformat()
    assert permission_table.main([str(tmp_path / "none" / "table.csv")]) == 1
