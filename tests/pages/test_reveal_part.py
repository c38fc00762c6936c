"""一時解除 on the カルテ as the page draws it: masked, revealed with the watermark, gone again; and a forged form gets nothing."""

import pytest

import settings
from auth import accounts, current, reveal, sessions, step_up
from auth.proof import Claim
from data_access import connection
from data_access.query import reference_of
from sample_city.stories import FIRST
from tests import staff
from tests.pages.screen import Screen, show

PASSWORD = "試験のための長いことば2026"
STORY = str(FIRST + 40)


@pytest.fixture
def unconfirmed(own_city, monkeypatch):
    """The chief, signed in and not asked again yet."""
    user = staff.CHIEF
    accounts.create(user.name, password=PASSWORD, display_name=user.display_name, role=user.role, section=user.section, training_on=settings.today())
    sid = sessions.find(sessions.start(user.name, "10.0.0.1")).sid
    monkeypatch.setattr(current, "_sid", lambda: sid)
    return user, sid


@pytest.fixture
def chief(unconfirmed):
    """The chief within five minutes of 本人の再確認."""
    user, sid = unconfirmed
    assert step_up.confirm(sid, Claim(user.name, PASSWORD, "", "", "10.0.0.1")) is None
    return user


def name_of(number: str) -> str:
    return connection.engine().connection.cursor().execute("select name from source.person where atena_number = ?", [number]).fetchone()[0]


def opened(user) -> Screen:
    return show(user, "case", case_ref=reference_of(STORY), case_view="連絡先・口座")


def fill(screen: Screen, classes=("C2",), reason: str = "来庁した本人の氏名を確かめる") -> Screen:
    at = screen.at
    at.multiselect(key="reveal_classes").set_value(list(classes))
    at.selectbox(key="reveal_purpose").set_value("本人確認")
    at.text_input(key="reveal_reason").set_value(reason)
    return screen.run(next(button for button in at.button if button.label == "見る").click())


def test_it_is_masked_then_shown_with_who_looks_then_masked_again(chief):
    screen, name = opened(chief), name_of(STORY)
    assert name not in screen.words()
    assert f"閲覧 {chief.name} R" in screen.words(), "who looks and when is on every page with persons, not only under a reveal"
    fill(screen)
    said = screen.words()
    assert name in said
    assert f"閲覧 {chief.display_name}（{chief.name}）" in said
    assert PASSWORD not in said
    screen.run(screen.at.button(key="reveal_end").click())
    assert name not in screen.words()


@pytest.mark.parametrize(("wrong", "says"), [({"reason": "番号 123456789018 の人を確かめる"}, "個人番号"), ({"reason": "x"}, "理由を")])
def test_a_refusal_says_why_and_shows_nothing(chief, wrong, says):
    screen = fill(opened(chief), **wrong)
    assert says in screen.at.error[0].value
    assert name_of(STORY) not in screen.words()
    assert reveal.granted(chief, reference_of(STORY)) is None


def test_a_class_of_another_person_waits_for_the_approval(chief):
    screen = fill(opened(chief), classes=("C2", "C7"))
    assert "承認を求めました" in screen.at.info[0].value
    assert name_of(STORY) not in screen.words()
    approvals = show(staff.MANAGER, "disclosures")
    assert "来庁した本人の氏名を確かめる" in approvals.words()
    reveal.approve(staff.MANAGER, reveal.waiting()[0]["id"])
    assert name_of(STORY) in screen.run().words()


def test_the_approver_signs_what_they_reviewed(chief, monkeypatch):
    fill(opened(chief))
    (row,) = reveal.recent(staff.MANAGER)
    review = show(staff.MANAGER, "disclosures", disclosure_chosen=row["id"])
    assert "まだ点検していないもの 1件" in review.words()
    monkeypatch.setattr("pages.disclosures.current_user", lambda: staff.MANAGER)
    review.at.radio(key="review_verdict").set_value("要確認")
    review.at.text_input(key="review_comment").set_value("来庁の記録を確かめる。")
    review.run(next(button for button in review.at.button if button.label == "点検したことを記録する").click())
    assert [success.value for success in review.at.success] == ["点検を記録しました。"]
    assert "来庁の記録を確かめる。" in review.words()
    assert review.cells("review") == ["要確認"]
    assert "ほかの人が点検します" in show(staff.CHIEF, "disclosures", disclosure_chosen=row["id"]).words()


def test_an_officer_of_another_district_gets_no_form(chief):
    other = next(user for user in (staff.OFFICER, staff.NEIGHBOUR) if not show(user, "case", case_ref=reference_of(STORY)).at.metric)
    screen = show(other, "case", case_ref=reference_of(STORY))
    assert "reveal_classes" not in [one.key for one in screen.at.multiselect]


def test_who_has_not_proven_themselves_again_gets_the_way_to_it_and_no_form(unconfirmed):
    user, sid = unconfirmed
    screen = opened(user)
    assert "reveal_classes" not in [one.key for one in screen.at.multiselect]
    assert "本人の再確認" in screen.words()
    assert step_up.confirm(sid, Claim(user.name, "ちがうことば", "", "", "10.0.0.1")).reason == "mismatch"
    screen.run(screen.at.button(key="confirm_reveal").click())
    assert "reveal_classes" not in [one.key for one in screen.at.multiselect]
    assert step_up.confirm(sid, Claim(user.name, PASSWORD, "", "", "10.0.0.1")) is None
    screen.run(screen.at.button(key="confirm_reveal").click())
    assert "reveal_classes" in [one.key for one in screen.at.multiselect]


def test_a_form_kept_open_past_the_five_minutes_is_refused(chief, monkeypatch):
    screen = opened(chief)
    monkeypatch.setattr(step_up, "HOLDS", step_up.HOLDS * 0)
    screen = fill(screen)
    assert "本人の再確認" in screen.at.error[0].value
    assert reveal.granted(chief, reference_of(STORY)) is None
