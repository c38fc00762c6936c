"""How the office writes dates, yen, rates and reasons."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.parts import wording

TODAY = date(2026, 10, 30)
DAYS = st.dates(date(1868, 1, 25), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("day", "long", "short"),
    [
        (date(2026, 10, 30), "令和8年10月30日", "R08.10.30"),
        (date(2019, 5, 1), "令和元年5月1日", "R01.05.01"),
        (date(2019, 4, 30), "平成31年4月30日", "H31.04.30"),
        (date(1989, 1, 8), "平成元年1月8日", "H01.01.08"),
        (date(1989, 1, 7), "昭和64年1月7日", "S64.01.07"),
        (date(1926, 12, 25), "昭和元年12月25日", "S01.12.25"),
        (date(1926, 12, 24), "大正15年12月24日", "T15.12.24"),
        (date(1912, 7, 30), "大正元年7月30日", "T01.07.30"),
        (date(1912, 7, 29), "明治45年7月29日", "M45.07.29"),
        (None, "—", "—"),
    ],
)
def test_wareki_at_the_boundaries_of_eras(day, long, short):
    assert (wording.wareki(day), wording.short(day)) == (long, short)


@given(DAYS, DAYS)
def test_short_dates_of_one_era_sort_as_text(one, other):
    first, second = wording.short(one), wording.short(other)
    if first[0] == second[0]:
        assert (first < second) == (one < other)


def test_weekday_and_month():
    assert wording.wareki_with_weekday(TODAY) == "令和8年10月30日（金）"
    assert wording.short_month(TODAY) == "R08.10"


@pytest.mark.parametrize(("year", "said"), [(2026, "令和8年度"), (2019, "令和元年度"), (2018, "平成30年度"), (1989, "平成元年度"), (1988, "昭和63年度")])
def test_a_fiscal_year_carries_the_era_of_most_of_it(year, said):
    assert wording.fiscal(year) == said


@pytest.mark.parametrize(
    ("value", "percent", "point"),
    [
        (Decimal("93.45"), "93.45%", "+93.45ポイント"),
        (Decimal("-0.40"), "-0.40%", "-0.40ポイント"),
        (Decimal("0"), "0.00%", "+0.00ポイント"),
        (Decimal("100"), "100.00%", "+100.00ポイント"),
        (None, "—", "—"),
    ],
)
def test_rates_keep_two_decimals_and_changes_their_sign(value, percent, point):
    assert (wording.percent(value), wording.point(value)) == (percent, point)


def test_people():
    assert [wording.people(count) for count in (0, 1_234, None)] == ["0人", "1,234人", "10人未満"]


def test_yen():
    assert [wording.yen(amount) for amount in (0, 1_234_567, None)] == ["0円", "1,234,567円", "—"]


@pytest.mark.parametrize(("days", "said"), [(93, "あと93日"), (1, "あと1日"), (0, "本日"), (-1, "1日超過"), (-71, "71日超過")])
def test_days_left(days, said):
    assert wording.days_left(TODAY + timedelta(days), TODAY) == said


@pytest.mark.parametrize(
    ("queue", "day", "amount", "said"),
    [
        ("時効間近", date(2026, 12, 20), 12_000, "時効 R08.12.20（あと51日）12,000円"),
        ("時効経過", date(2026, 8, 20), 35_400, "時効経過 R08.08.20 35,400円"),
        ("督促漏れ", date(2026, 8, 20), None, "督促漏れ 期限 R08.08.20（71日超過）"),
        ("分納不履行", date(2026, 8, 25), 36_000, "分納不履行 R08.08.25 36,000円"),
        ("接触なし", date(2026, 7, 15), None, "接触なし（最終 R08.07.15・107日）"),
        ("接触なし", None, None, "接触の記録なし"),
        ("速報あり", None, 12_000, "速報 12,000円"),
        ("高額", date(2025, 6, 30), 1_120_000, "高額 1,120,000円"),
        ("新規", date(2026, 9, 30), 12_000, "新規 納期限 R08.09.30"),
        ("返戻・居所不明", None, None, "返戻・居所不明"),
    ],
)
def test_a_reason_names_the_day_and_the_yen_behind_it(queue, day, amount, said):
    assert wording.reason(queue, day, amount, TODAY) == said


def test_what_is_to_be_done_about_a_prescription_depends_on_its_day():
    assert "完成の前に" in wording.QUEUES["時効間近"][0]
    assert "不納欠損" in wording.QUEUES["時効経過"][0]
    assert wording.reason("時効経過", date(2026, 8, 20), 35_400, TODAY) == "時効経過 R08.08.20 35,400円"


@pytest.mark.parametrize(
    ("text", "said"),
    [("2026-10-30", "R08.10.30"), ("2026年度 第4期 指定期限 2026-10-30", "令和8年度 第4期 指定期限 R08.10.30"), ("電話 0857-20-1234", "電話 0857-20-1234"), (None, None)],
)
def test_a_sentence_of_the_data_in_wareki(text, said):
    assert wording.in_wareki(text) == said


def test_a_moment_is_told_in_japan():
    assert wording.clock("2026-10-29T16:39:00.5Z") == "R08.10.30 01:39"
    assert wording.clock(None) == "—"


@pytest.mark.parametrize(
    "typed",
    ["2026/10/30", "2026-10-30", "20261030", "2026.10.30", "2026年10月30日", "R8.10.30", "r08.10.30", "R08/10/30", "令和8年10月30日", "Ｒ８．１０．３０", " 2026/10/30 "],
)
def test_a_typed_day_is_read_as_the_office_writes_it(typed):
    assert wording.read_day(typed) == date(2026, 10, 30)


def test_a_first_year_and_an_older_era_are_read():
    assert wording.read_day("令和元年5月1日") == date(2019, 5, 1)
    assert wording.read_day("H31.4.30") == date(2019, 4, 30)


@pytest.mark.parametrize("typed", ["", "きのう", "2026/13/01", "2026/02/30", "R8.2.30", "8.10.30", "2026/10", "X8.10.30"])
def test_what_is_no_day_is_not_guessed(typed):
    assert wording.read_day(typed) is None


@pytest.mark.parametrize("day", [date(2000, 1, 1) + timedelta(days=step) for step in range(0, 10_000, 37)])
def test_every_day_the_screen_writes_can_be_typed(day):
    assert wording.read_day(wording.short(day)) == wording.read_day(wording.wareki(day)) == day


@pytest.mark.parametrize(
    ("state", "bars", "said"),
    [
        ("差押可能", [], ["差押可能"]),
        ("差押不可", ["徴収猶予"], ["差押不可（徴収猶予）"]),
        ("差押不可", ["執行停止"], [""]),  # 停止の号が状態の欄にある
        ("差押不可", ["破産手続", "支援措置の保護"], ["差押不可（破産手続）", "支援措置のため処分の前に確認"]),
        ("差押不可", [], ["差押不可"]),  # 理由を見られない役割
        ("時効経過", ["執行停止"], ["時効経過・要確認"]),
        ("消滅", [], ["時効経過・要確認（R08.08.24から消滅と扱える）"]),
        (None, [], []),
        (None, None, []),
    ],
)
def test_what_may_be_done_with_a_claim(state, bars, said):
    assert wording.claim(state, bars, date(2026, 8, 24)) == said


def test_what_holds_a_claim_is_named_with_its_own_word():
    assert wording.held(["交付要求", "差押"]) == "完成猶予中（交付要求・差押）"
    assert wording.held(["徴収猶予"]) == "進行停止中（徴収猶予）"
    assert wording.held(["差押", "徴収猶予"]) == "完成猶予中（差押・徴収猶予）"
    assert wording.held(None) == wording.held([]) == ""


def test_what_a_person_thinks_of_before_an_attachment():
    assert wording.claim("差押可能", [], None, ["換価猶予"]) == ["差押可能（換価猶予中・要確認）"]
    assert wording.claim(None, [], None, ["換価猶予"]) == ["換価猶予中"]
    assert wording.claim("差押不可", ["破産手続"], None, ["換価猶予"]) == ["差押不可（破産手続）", "換価猶予中"]


def test_an_installment_is_called_one_way():
    assert wording.installment("08") == "第8期"


def test_what_is_lacking_is_told_once_for_each_finding():
    assert wording.lacking("預金：資料なし、給与：期限切れ、年金：資料なし") == "資料なし 預金・年金　期限切れ 給与"
    assert (wording.lacking_counts("預金：資料なし、給与：期限切れ、年金：資料なし"), wording.lacking_counts("")) == ("資料なし2・期限切れ1", "")
    assert wording.lacking("") == ""
