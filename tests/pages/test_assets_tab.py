"""財産・所得 of the カルテ: the stories' jobs, houses and cars, and what nobody is shown of a protected person."""

import pytest

from audit import log
from data_access.query import ask, reference_of
from sample_city.stories import FIRST
from tests import staff
from tests.pages.screen import Screen, show

WESTERN = staff.NEIGHBOUR  # stories with odd numbers live in D06, even ones in D04
CASES = ("case_employments", "case_incomes", "case_properties", "case_vehicles")


def tab(user, story: int) -> Screen:
    return show(user, "case", case_ref=reference_of(str(FIRST + story * 10)), case_view="財産・所得")


def test_a_worker_with_a_house_and_a_car(city):
    """Story 8: the attachable pay with every item of the paragraph, and where the figures come from."""
    screen = tab(staff.OFFICER, 8)
    said = screen.words()
    for words in ("給与支払報告書からの目安、1か月分", "給与照会", "国税徴収法76条1項4号", "株式会社因幡情報システム", "いなば市富安二丁目 8番1", "204.55㎡", "いなば 580 あ 99-08"):
        assert words in said, words
    assert not screen.at.error
    assert next(card.value for card in screen.at.metric if "差押可能額" in card.label).endswith("円")


def test_who_has_nothing_reads_sentences_that_say_so(city):
    """Story 13: every inquiry found nothing, and so do the tax systems; the income is from a trade."""
    screen = tab(WESTERN, 13)
    said = screen.words()
    for words in ("差押可能額の目安は計算していません", "給与支払報告書はありません。", "今年度に課税された土地・家屋はありません", "軽自動車などの記録はありません。", "business_income_yen"):
        assert words in said, words
    assert "salary_income_yen" not in said, "a kind that was never earned has no column"
    assert not [card for card in screen.at.metric if "差押可能額" in card.label]


def limits(screen) -> list[tuple]:
    found = [frame.value for frame in screen.at.dataframe if "rule" in frame.value]
    return list(found[0][["rule", "article"]].itertuples(index=False, name=None)) if found else []


def test_what_limits_an_attachment_stands_below_what_there_is(city):
    """Story 8 has pay, a house and a car of his own; story 13 has nothing that a limit touches."""
    screen = tab(staff.OFFICER, 8)
    assert {("超過差押", "国税徴収法48条1項"), ("無益な差押", "国税徴収法48条2項"), ("差押禁止（限度）", "国税徴収法76条")} <= set(limits(screen))
    assert "評価額による目安" in screen.words()
    assert limits(tab(WESTERN, 13)) == []


def test_a_shared_house_shows_the_part(city):
    """Story 10 owned it with his wife."""
    screen = tab(staff.OFFICER, 10)
    assert "1/2（2人の共有）" in screen.words()
    assert "3,068,250" not in screen.words()  # yen stay numbers: the table writes them
    assert 3_068_250 in next(frame.value["share_valuation_yen"].to_list() for frame in screen.at.dataframe if "share_valuation_yen" in frame.value)


def test_a_car_on_instalments_is_not_the_persons(city):
    assert "所有権留保とリースの車は本人のものではない" in tab(staff.OFFICER, 16).words()
    assert "所有権留保とリースの車は本人のものではない" not in tab(staff.OFFICER, 8).words()


@pytest.mark.parametrize("user", [staff.MANAGER, staff.CHIEF], ids=lambda user: user.name)
def test_workplace_house_and_plate_of_a_protected_person_are_shown_to_nobody(city, user):
    """Story 15: the yen are shown, the places are not."""
    said = tab(user, 15).words()
    assert said.count("（非表示）") >= 5
    for place in ("千代水", "浜坂", "みなぎ会", "湖山", "いなば 580", "15番1"):
        assert place not in said, place
    reference = reference_of(str(FIRST + 150))
    places = ("employer_name", "employer_address", "property_place", "plate")
    hidden = [value for name in CASES for row in ask(user, name, atena_ref=reference).to_dicts() for column, value in row.items() if column in places]
    assert len(hidden) >= 5
    assert set(hidden) == {"（非表示）"}
    assert ask(user, "case_employments", atena_ref=reference)["gross_yen"].min() > 0


def test_every_question_of_the_tab_is_in_the_access_log(city):
    tab(staff.OFFICER, 8)
    before = log.count()
    tab(staff.OFFICER, 8)
    assert log.count() - before >= len(CASES) + 1
