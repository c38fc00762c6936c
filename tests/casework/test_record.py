"""Every kind of kinds.toml: who may record it, what each field refuses, and the guarantees that notes have too."""

import logging
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import text

import store
from auth.access import NotAllowed, User, decide, permissions
from casework import fields as field_checks
from casework import ledger
from casework.kinds import kinds
from casework.ledger import EventRefused
from casework.record import EntryRefused
from casework.rules import RULES
from casework.subject import Subject
from tests.casework.entries import CHIEF, GOOD, KEPT, OFFICER, ONE, SUBJECT, TODAY, TWO, fields, write

# Those of protection are in test_protection_mark.py, those decided in steps in test_case_decision.py.
KINDS = tuple(name for name, kind in kinds().items() if not name.startswith("protection") and not kind.is_decided)
MY_NUMBER = "番号は123456789018です"
# type → (value, what the refusal says)
REFUSED = {
    "day": [(None, "入力して"), ("2026-03-31", "入力して"), (datetime(2026, 3, 31, 9), "入力して"), (date(2026, 4, 2), "今日より後"), (date(1990, 1, 1), "年より前")],  # noqa: DTZ001
    "deadline": [(None, "入力して"), ("2026-04-30", "入力して"), (date(2026, 3, 31), "今日から1年後まで"), (date(2027, 4, 2), "今日から1年後まで")],
    "choice": [(None, "入力して"), ("", "入力して"), ("メール", "から選んで"), (["催告書"], "から選んで")],
    "flag": [(None, "入力して"), (1, "選んで"), ("はい", "選んで")],
    "paid_flag": [(1, "選んで"), ("はい", "選んで")],
    "text": [("あ" * 161, "文字まで"), ("表\t貼付", "制御文字"), ("逆\u202eさま", "制御文字"), (MY_NUMBER, "個人番号"), (7, "入力して")],
    "number": [(None, "入力して"), ("", "入力して"), ("12345", "10桁"), ("１２３４５６７８９０", "10桁"), (1234567890, "10桁")],
    "integer": [(None, "入力して"), (0, "整数"), (1_000_000_001, "整数"), (True, "整数"), ("1", "整数")],
    "installments": [(None, "入力して"), ([], "1つ以上"), (ONE, "1つ以上"), ([3], "1つ以上"), ([ONE, ONE], "重なり"), (["0000000009-01"], "この人の期別でない")],
    "yen_by_installment": [(None, "入力して"), ({}, "1つ以上"), ([ONE], "選んで"), ({ONE: 0}, "1円以上"), ({ONE: True}, "1円以上"), ({ONE: -5}, "1円以上"), ({"0000000009-01": 5}, "この人の期別でない")],
    "parts": [(None, "入力して"), ([], "1回から"), ("x", "1回から"), ([(TODAY, 0)], "日付か額"), ([("2026-04-30", 5)], "日付か額"), ([5], "日付か額"),
              ([(TODAY, 5), (TODAY, 5)], "順に"), ([(TODAY, 5)] * 601, "600回")],
    "suspect": [(None, "入力して"), ("f" * 32, "見つかりません"), ("0000054321", "見つかりません"), (7, "見つかりません")],
    "event": [(None, "入力して"), (str(uuid.UUID(int=7)), "見つかりません"), (7, "見つかりません")],
}  # fmt: skip
WRONG = [
    pytest.param(kind.name, field.name, value, said, id=f"{kind.name}-{field.name}-{place}")
    for kind in map(kinds().get, KINDS) for field in kind.fields
    for place, (value, said) in enumerate(REFUSED[field.type]) if value is not None or field.required
]


def told(kind: str, **given) -> dict[str, str]:
    with pytest.raises(EntryRefused) as refused:
        write(kind, **given)
    return dict(refused.value.errors)


@pytest.mark.parametrize("kind", KINDS)
def test_what_rests_on_the_unpaid_waits_for_the_feeds(sqlite_file, kind):
    """Three open days without feeds (72 hours) stop a 催告; what was agreed with the person may always be written."""
    if kinds()[kind].needs_fresh:
        with pytest.raises(NotAllowed, match="連携が3業務日届いていません"):
            write(kind, subject=replace(SUBJECT, missed_days=3))
        assert ledger.last_seq() == 0
    write(kind, subject=replace(SUBJECT, missed_days=2 if kinds()[kind].needs_fresh else 3))


def test_every_kind_is_whole():
    """Its action is declared, its day is a day, its types are known, and there is a good example of it here."""
    for kind in kinds().values():
        assert kind.action in permissions().actions, kind.name
        assert kind.field(kind.dated).type == "day", kind.name
        assert {field.type for field in kind.fields} <= field_checks.TYPES.keys(), kind.name
        assert all(field.values for field in kind.fields if field.type == "choice"), kind.name
        assert all(kinds()[name] for field in kind.fields if field.type == "event" for name in field.of), kind.name
        assert {kind.propose_action, kind.review_action} <= permissions().actions.keys() | {""}, kind.name
    assert GOOD.keys() == set(KINDS) | {name for name, kind in kinds().items() if kind.is_decided}
    assert RULES.keys() <= kinds().keys()
    assert "negotiation_note" not in kinds()


@pytest.mark.parametrize("kind", KINDS)
def test_an_entry_becomes_an_event_with_exactly_its_fields(sqlite_file, kind):
    given = fields(kind)
    written = write(kind)
    assert (written.kind, written.subject, written.actor, written.corrects) == (kind, SUBJECT.atena_number, OFFICER.name, None)
    assert written.occurred_on == given[kinds()[kind].dated]
    assert written.payload.keys() == {field.name for field in kinds()[kind].fields} | {"officer_name"}
    assert ledger.events_of(SUBJECT.atena_number)[-1] == written
    assert ledger.verify() is None


def test_what_the_payloads_look_like(sqlite_file):
    """These shapes are for ever: the ledger cannot be rewritten."""
    plan, reminder, waiver = (write(kind).payload for kind in ("installment_plan", "reminder", "charge_waiver"))
    assert plan == {"pledged_on": "2026-04-01", "is_written": True, "installments": KEPT, "officer_name": "佐藤",
                    "parts": [{"promised_on": "2026-04-30", "promised_yen": 10_000}, {"promised_on": "2026-06-01", "promised_yen": 2_300}]}
    assert reminder == {"sent_on": "2026-03-31", "letter": "催告書", "installments": KEPT[:1], "is_claim": True,
                        "is_sent_though_paid": None, "officer_name": "佐藤"}
    assert waiver == {"decided_on": "2026-04-01", "ground": "病気・負傷", "officer_name": "佐藤",
                      "waived": [{**KEPT[0], "yen": 300}, {**KEPT[1], "yen": 1_200}]}
    finding = write("residence_finding", user=CHIEF, result="居所不明", address=None)
    assert finding.payload == {"found_on": "2026-03-30", "source": "住民票", "result": "居所不明", "address": None, "officer_name": "係長"}
    assert write("finding_confirmation").payload == {
        "finding": finding.event_id, "confirmed_on": "2026-04-01", "means": "調査の資料と照合した", "officer_name": "佐藤"}
    assert write("slip_issue").payload == {"issued_on": "2026-04-01", "valid_until": "2026-04-30", "officer_name": "佐藤",
                                           "slips": [{**KEPT[0], "yen": 3_000}, {**KEPT[1], "yen": 12_000}]}
    assert write("succession").payload == {"opened_on": "2020-02-29", "death_ground": "戸籍", "heir_atena_number": "0000099999", "share_numerator": 1,
                                           "share_denominator": 2, "officer_name": "佐藤"}


@pytest.mark.parametrize(("kind", "field", "value", "said"), WRONG)
def test_each_field_refuses_what_it_cannot_be(sqlite_file, kind, field, value, said):
    good = fields(kind)
    before = ledger.last_seq()
    errors = told(kind, **{**good, field: value})
    assert said in errors[field], errors
    assert ledger.last_seq() == before


@pytest.mark.parametrize("kind", KINDS)
def test_everything_wrong_is_told_at_once_and_an_unknown_item_is_refused(sqlite_file, kind):
    kept = [field.name for field in kinds()[kind].fields if field.required and field.type != "event"]
    errors = told(kind, **{**fields(kind), **dict.fromkeys(kept), "spy": "x"})
    assert list(errors) == ["spy", *kept]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("role", ["manager", "analyst", "admin", "auditor", "ltc_reader"])
def test_who_may_not_write_it_is_refused_before_anything_else(sqlite_file, kind, role):
    given, before = fields(kind), ledger.last_seq()
    stranger = User(role, role, role, "収納推進課", ("湖山",))
    with pytest.raises(NotAllowed, match="権限がありません"):
        write(kind, user=stranger, **{**given, kinds()[kind].dated: None})
    assert ledger.last_seq() == before
    assert not decide(stranger, kinds()[kind].action).allowed


@pytest.mark.parametrize("kind", KINDS)
def test_an_officer_writes_only_for_the_own_districts_and_a_chief_for_all(sqlite_file, kind):
    given = fields(kind)
    with pytest.raises(NotAllowed, match="担当地区の外"):
        write(kind, subject=Subject(SUBJECT.atena_number, SUBJECT.atena_ref, "用瀬", SUBJECT.installments), **given)
    assert write(kind, user=User("kakari", "係長", "chief", "収納推進課"), **given).actor == "kakari"


@pytest.mark.parametrize("kind", KINDS)
def test_sent_twice_it_is_one_and_sent_twice_at_once_too(sqlite_file, kind):
    given, event_id = fields(kind), str(uuid.uuid4())
    version = ledger.version_of(SUBJECT.atena_number)
    with ThreadPoolExecutor(4) as pool:
        told_to = list(pool.map(lambda _: write(kind, event_id=event_id, version=version, **given), range(4)))
    assert {event.seq for event in told_to} == {version + 1}
    assert ledger.last_seq() == version + 1


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_saw_an_older_case_is_told_and_writes_nothing(sqlite_file, kind):
    given = fields(kind)
    seen = ledger.version_of(SUBJECT.atena_number)
    write("reminder")
    with pytest.raises(ledger.Conflict, match="1 件加わりました"):
        write(kind, version=seen, **given)
    assert ledger.last_seq() == seen + 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_correction_takes_the_place_and_is_checked_alike(sqlite_file, kind):
    wrong = write(kind)
    given = {name: value for name, value in wrong.payload.items() if name == "plan"}
    right = write(kind, corrects=wrong.event_id, **given)
    assert right.corrects == wrong.event_id
    with pytest.raises(EntryRefused):
        write(kind, corrects=right.event_id, **{**given, kinds()[kind].dated: None})
    with pytest.raises((ledger.EventRefused, EntryRefused), match="すでに"):
        write(kind, corrects=wrong.event_id, **given)
    other = next(name for name in ("reminder", "residence_finding") if name != kind)
    with pytest.raises(ledger.EventRefused, match="同じ種類の記録に見つかりません"):
        write(other, corrects=right.event_id)


@pytest.mark.parametrize("kind", KINDS)
def test_a_store_that_takes_nothing_leaves_nothing(sqlite_file, kind):
    given, before = fields(kind), ledger.last_seq()
    with store.engine().begin() as connection:
        connection.execute(text("create trigger full before insert on event begin select raise(abort, 'disk full'); end"))
    with pytest.raises(ledger.LedgerUnavailable, match="何も記録されていません"):
        write(kind, **given)
    assert (ledger.last_seq(), ledger.verify()) == (before, None)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_that_was_written_is_logged(sqlite_file, caplog, kind):
    caplog.set_level(logging.DEBUG)
    write(kind)
    assert not [word for word in ("湖山町", "0000099999", "田中", ONE) if word in caplog.text]


def test_a_plan_is_cancelled_once_and_then_no_more_corrected(sqlite_file):
    plan = write("installment_plan")
    assert "誓約日より前" in told("plan_cancellation", plan=plan.event_id, cancelled_on=date(2026, 3, 31))["cancelled_on"]
    event_id = str(uuid.uuid4())
    gone = write("plan_cancellation", plan=plan.event_id, event_id=event_id)
    assert write("plan_cancellation", plan=plan.event_id, event_id=event_id, version=1) == gone
    assert "すでに取り消され" in told("plan_cancellation", plan=plan.event_id)["plan"]
    with pytest.raises(ledger.EventRefused, match="取り消した記録がある"):
        write("installment_plan", corrects=plan.event_id)
    assert write("plan_cancellation", plan=plan.event_id, corrects=gone.event_id, reason="その他").corrects == gone.event_id


def test_a_plan_that_was_corrected_can_only_be_cancelled_by_its_new_entry(sqlite_file):
    wrong = write("installment_plan")
    right = write("installment_plan", corrects=wrong.event_id)
    assert "見つかりません" in told("plan_cancellation", plan=wrong.event_id)["plan"]
    assert write("plan_cancellation", plan=right.event_id).payload["plan"] == right.event_id


def test_a_reminder_of_what_a_速報_covers_is_confirmed_first(sqlite_file):
    """The subject is read at the click: what was paid since the form was opened counts too."""
    paid = replace(SUBJECT, flashed=frozenset({ONE}))
    assert "速報がある期別が1期" in told("reminder", subject=paid, installments=[ONE, TWO])["is_sent_though_paid"]
    assert "速報がある期別が1期" in told("reminder", subject=paid, is_sent_though_paid=False)["is_sent_though_paid"]
    assert write("reminder", subject=paid, installments=[TWO]).payload["is_sent_though_paid"] is None
    assert write("reminder", subject=paid, is_sent_though_paid=True).payload["is_sent_though_paid"] is True


def test_a_promise_lies_ahead(sqlite_file):
    assert "誓約日より前" in told("installment_plan", parts=[(date(2026, 3, 31), 5)])["parts"]


def test_shares_add_up_to_one_at_most(sqlite_file):
    first = write("succession", share_numerator=2, share_denominator=3)
    assert "すでに記録" in told("succession")["heir_atena_number"]
    assert "1を超えます" in told("succession", heir_atena_number="0000088888")["share_numerator"]
    write("succession", heir_atena_number="0000088888", share_numerator=1, share_denominator=3)
    assert write("succession", corrects=first.event_id).corrects == first.event_id
    assert "自身の番号" in told("succession", heir_atena_number=SUBJECT.atena_number)["heir_atena_number"]


def test_a_finding_names_an_address_only_when_one_was_found(sqlite_file):
    assert "住所を入力" in told("residence_finding", address=None)["address"]
    assert "居所判明のときだけ" in told("residence_finding", result="居所不明")["address"]
    assert "ない項目" in told("residence_finding", confirmed_by="田中")["confirmed_by"], "a typed name confirms nothing"


@pytest.mark.parametrize("kind", ["residence_finding", "mailing_address_finding"])
def test_a_finding_is_confirmed_by_another_account_once_and_then_stands(sqlite_file, kind):
    finding = write(kind)
    namesake = replace(OFFICER, display_name="佐藤（別名）")  # the account counts, not the name
    for user in (OFFICER, namesake):
        assert "自分が記録した" in told("finding_confirmation", user=user, finding=finding.event_id)["finding"]
    assert "日付を確かめて" in told("finding_confirmation", user=CHIEF, finding=finding.event_id, confirmed_on=date(2026, 3, 29))["confirmed_on"]
    confirmed = write("finding_confirmation", user=CHIEF, finding=finding.event_id)
    assert (confirmed.actor, confirmed.payload["finding"]) == (CHIEF.name, finding.event_id)
    assert "すでに確かめ" in told("finding_confirmation", user=replace(OFFICER, name="tanaka"), finding=finding.event_id)["finding"]
    with pytest.raises(EventRefused, match="確かめたか取り消した記録がある"):
        write(kind, corrects=finding.event_id)
    assert "自分が記録した" in told("finding_confirmation", corrects=confirmed.event_id, finding=finding.event_id)["finding"], "nor by way of a correction"
    assert write("finding_confirmation", user=CHIEF, corrects=confirmed.event_id, finding=finding.event_id, means="現地で確かめた").corrects == confirmed.event_id


def test_whoever_corrects_a_finding_is_its_writer(sqlite_file):
    first = write("residence_finding", user=CHIEF)
    mended = write("residence_finding", corrects=first.event_id)
    assert "見つかりません" in told("finding_confirmation", user=CHIEF, finding=first.event_id)["finding"], "what was replaced is gone"
    assert "自分が記録した" in told("finding_confirmation", finding=mended.event_id)["finding"]
    assert write("finding_confirmation", user=CHIEF, finding=mended.event_id).actor == CHIEF.name


def test_a_name_typed_in_an_entry_of_before_counts_as_confirmed_by_hand(sqlite_file):
    old = ledger.append(event_id=str(uuid.uuid4()), kind="residence_finding", subject=SUBJECT.atena_number, expected_version=0, actor=OFFICER.name, occurred_on=TODAY,
                        payload={**dict.fromkeys(["found_on"], "2026-04-01"), "source": "住民票", "result": "居所不明", "address": None, "confirmed_by": "田中", "officer_name": "佐藤"})
    assert "すでに確かめ" in told("finding_confirmation", user=CHIEF, finding=old.event_id)["finding"]


def test_a_day_may_lie_as_far_back_as_its_kind_says(sqlite_file):
    assert write("reminder", sent_on=date(2025, 4, 1)).seq == 1
    assert "1年より前" in told("reminder", sent_on=date(2025, 3, 31))["sent_on"]
    assert write("succession", opened_on=date(1996, 4, 1)).seq == 2
    assert "30年より前" in told("succession", opened_on=date(1996, 3, 31))["opened_on"]


def test_money_goes_no_further_than_there_is(sqlite_file):
    assert "得た額を超え" in told("allocation_record", collected_yen=14_999)["allocated"]


def test_a_subject_without_installments_takes_none(sqlite_file):
    bare = Subject(SUBJECT.atena_number, SUBJECT.atena_ref, "湖山")
    assert "この人の期別でない" in told("reminder", subject=bare, installments=[TWO])["installments"]
