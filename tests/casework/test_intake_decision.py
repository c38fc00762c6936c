"""Who may decide on a held intake, and what a decision must be."""

import uuid
from datetime import date

import pytest

from auth.access import NotAllowed
from casework import ledger
from casework.intake_decision import DecisionRefused, decide_intake, subject
from tests.staff import ADMIN, MANAGER, STAFF

DAY, TODAY = date(2026, 10, 30), date(2026, 10, 31)
FORM = {"business_date": DAY, "report_id": "2026-10-30_2026-10-30T210000.000001Z", "digest": "ab" * 32, "decision": "公開",
        "reason": "収納システムに確かめた。隔離した2件は明日直る。"}


def decide(user=MANAGER, version=0, event_id=None, **changed):
    return decide_intake(user, event_id=event_id or str(uuid.uuid4()), expected_version=version, today=TODAY, **FORM | changed)


@pytest.mark.parametrize("user", [MANAGER, ADMIN], ids=lambda user: user.name)
def test_a_decision_becomes_an_event(sqlite_file, user):
    written = decide(user)
    assert (written.kind, written.subject, written.actor, written.occurred_on) == ("intake_decision", "intake:2026-10-30", user.name, TODAY)
    assert written.payload == {**FORM, "business_date": "2026-10-30", "officer_name": user.display_name}
    assert ledger.events_of(subject(DAY)) == [written]
    assert ledger.version_of(subject(DAY)) == 1


@pytest.mark.parametrize("user", [user for user in STAFF if user not in (MANAGER, ADMIN)], ids=lambda user: user.name)
def test_others_may_not(sqlite_file, user):
    with pytest.raises(NotAllowed, match="保留した取込の公開・差戻しを決める"):
        decide(user)
    assert ledger.last_seq() == 0


@pytest.mark.parametrize(("changed", "field", "says"), [
    ({"reason": ""}, "reason", "理由を入力してください"),
    ({"reason": " \n　"}, "reason", "理由を入力してください"),
    ({"reason": None}, "reason", "理由を入力してください"),
    ({"reason": "あ" * 501}, "reason", "501 文字あります"),
    ({"reason": "確認\tした"}, "reason", "制御文字"),
    ({"reason": "確認\u202eした"}, "reason", "制御文字"),
    ({"reason": "123456789018 の人の行だけ"}, "reason", "個人番号とみられる"),
    ({"reason": "1234-5678-9018 の人の行だけ"}, "reason", "個人番号とみられる"),
    ({"decision": "承認"}, "decision", "公開・差戻し から選んで"),
    ({"decision": ""}, "decision", "公開・差戻し から選んで"),
    ({"digest": "ab"}, "report_id", "画面を開き直し"),
    ({"digest": "AB" * 32}, "report_id", "画面を開き直し"),
    ({"report_id": "../x"}, "report_id", "画面を開き直し"),
    ({"report_id": "2026-10-29_2026-10-30T210000.000001Z"}, "report_id", "画面を開き直し"),
    ({"business_date": "2026-10-30"}, "business_date", "業務日がありません"),
])
def test_a_wrong_form_is_refused(sqlite_file, changed, field, says):
    with pytest.raises(DecisionRefused) as refused:
        decide(**changed)
    assert says in dict(refused.value.errors)[field]
    assert ledger.last_seq() == 0


def test_sent_twice_is_one_event_and_a_second_person_is_told(sqlite_file):
    event_id = str(uuid.uuid4())
    assert decide(event_id=event_id) == decide(event_id=event_id)
    with pytest.raises(ledger.Conflict):
        decide(ADMIN, decision="差戻し")
    assert decide(ADMIN, version=1, decision="差戻し").version == 2
