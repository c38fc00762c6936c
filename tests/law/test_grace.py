"""徴収猶予 and 換価の猶予: the checklist, lengths, effects and how each is cancelled."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from law import files, grace
from law.calendar import last_day
from law.dated import NoValue
from law.grace import GraceRefused, application_deadline, cancel, explain

ON = date(2026, 11, 1)
ILL = {"illness": True, "cannot_pay_at_once": True, "applied": True}
POOR = {"living_or_business": True, "sincere": True, "no_other_grace": True}


def one(name="徴収猶予", facts=ILL, months=12, yen=800_000, levy_kind="料", **more):
    return explain(name, facts, ON, months, yen, levy_kind, **more)


TABLE = """
猶予         | 満たす                                        | 満たさない            | 見通し
徴収猶予     | illness cannot_pay_at_once applied            |                       | 要件を満たす
徴収猶予     | illness cannot_pay_at_once                    |                       | 確認が要る
徴収猶予     | cannot_pay_at_once applied                    |                       | 確認が要る
徴収猶予     | illness cannot_pay_at_once                    | applied               | 要件を満たさない
徴収猶予     | closure cannot_pay_at_once applied            | illness disaster      | 要件を満たす
職権換価猶予 | living_or_business sincere no_other_grace     | better_for_collection | 要件を満たす
職権換価猶予 | better_for_collection sincere no_other_grace  |                       | 要件を満たす
職権換価猶予 | sincere no_other_grace | living_or_business better_for_collection     | 要件を満たさない
職権換価猶予 | living_or_business better_for_collection      | sincere               | 要件を満たさない
申請換価猶予 | living_or_business sincere applied_in_time no_other_grace |           | 要件を満たす
申請換価猶予 | living_or_business sincere no_other_grace     | applied_in_time       | 要件を満たさない
申請換価猶予 | living_or_business sincere applied_in_time no_other_grace other_arrears | | 要件を満たす
"""


@pytest.mark.parametrize("line", TABLE.strip().splitlines()[1:])
def test_the_checklist(line):
    name, yes, no, outlook = [cell.strip() for cell in line.split("|")]
    facts = dict.fromkeys(yes.split(), True) | dict.fromkeys(no.split(), False)
    assert one(name, facts).outlook == outlook


def test_each_condition_says_met_not_met_or_unknown_with_its_article():
    states = {c.code: c.state for c in one(facts=ILL | {"disaster": False}).conditions}
    assert (states["illness"], states["disaster"], states["loss"]) == ("満たす", "満たさない", "未確認")
    assert all(c.article.startswith("地方税法15条") for c in one().conditions)


def test_other_arrears_are_a_caution_and_no_bar():
    found = one("申請換価猶予", {**POOR, "applied_in_time": True, "other_arrears": True})
    assert found.outlook == "要件を満たす"
    assert any("15条の6第2項" in caution for caution in found.cautions)
    without = {**POOR, "applied_in_time": True, "other_arrears": False}
    assert one("申請換価猶予", without, levy_kind="税").cautions == ()
    assert "滞納処分の例" in one("申請換価猶予", without, levy_kind="料").cautions[0]


@pytest.mark.parametrize(
    ("levy_kind", "basis"), [("料", "国民健康保険法77条に基づく条例"), ("税", "地方税法15条1項・2項")]
)
def test_the_basis_differs_by_levy_kind(levy_kind, basis):
    assert one(levy_kind=levy_kind).basis == basis
    time = next(effect for effect in one(levy_kind=levy_kind).effects if effect.text.startswith("時効"))
    assert ("進行しない" in time.text) == (levy_kind == "税")


def test_lengths():
    found = one(months=6)
    assert (found.ends_on, found.longest_ends_on, found.extension_ends_on) == (
        date(2027, 4, 30),
        date(2027, 10, 31),
        date(2028, 10, 31),
    )
    longer = one(months=6, first_from=date(2025, 5, 1))
    assert (longer.ends_on, longer.longest_ends_on) == (date(2027, 4, 30), date(2027, 4, 30))
    for refused in ({"months": 13}, {"months": 0}, {"months": 7, "first_from": date(2025, 5, 1)}):
        with pytest.raises(GraceRefused, match=r"12月以内.*24月以内"):
            one(**refused)


@pytest.mark.parametrize(
    ("yen", "months", "needed"), [(1_000_000, 12, False), (1_000_001, 3, False), (1_000_001, 4, True)]
)
def test_security_by_the_city_s_setting(yen, months, needed):
    assert one(yen=yen, months=months).is_security_needed is needed


@pytest.mark.parametrize(
    ("name", "facts", "exemption"),
    [
        ("徴収猶予", ILL, "full"),
        ("徴収猶予", {"disaster": True}, "full"),
        ("徴収猶予", {"similar_to_disaster": True}, "full"),
        ("徴収猶予", {"closure": True}, "half"),
        ("徴収猶予", {"similar_to_loss": True}, "half"),
        ("職権換価猶予", POOR, "half"),
        ("申請換価猶予", POOR, "half"),
    ],
)
def test_the_kind_of_exemption(name, facts, exemption):
    assert one(name, facts).exemption == exemption


def test_the_ground_is_one_the_charge_knows():
    known = {
        g["value"]["ground"]: g["value"]["kind"]
        for g in files.settings_in("delinquency_charge.toml")["exemption_ground"]
    }
    for name, facts in (
        ("徴収猶予", ILL),
        ("徴収猶予", {"closure": True}),
        ("職権換価猶予", POOR),
        ("申請換価猶予", POOR),
    ):
        found = one(name, facts)
        assert known[found.exemption_ground] == found.exemption


def test_only_the_grace_of_collection_stops_demands():
    stops = {name: "督促と滞納処分をしない" in str(one(name, {}).effects) for name in grace.NAMES}
    assert stops == {"徴収猶予": True, "職権換価猶予": False, "申請換価猶予": False}


@pytest.mark.parametrize(
    ("name", "item", "hears"),
    [
        ("徴収猶予", 2, True),
        ("徴収猶予", 1, False),
        ("職権換価猶予", 2, False),
        ("申請換価猶予", 5, False),
        ("職権換価猶予", 0, False),
    ],
)
def test_cancelling(name, item, hears):
    steps = cancel(name, item, ON)
    assert any("弁明" in step.text for step in steps) is hears
    assert steps[-1].text == "取り消した旨を通知する"
    assert [step.order for step in steps] == list(range(1, len(steps) + 1))


@pytest.mark.parametrize(
    ("name", "item"), [("職権換価猶予", 5), ("徴収猶予", 8), ("徴収猶予", 0), ("申請換価猶予", 0)]
)
def test_a_ground_that_does_not_exist_is_refused(name, item):
    with pytest.raises(GraceRefused, match="取消しはありません"):
        cancel(name, item, ON)


def test_unknown_names_are_refused():
    with pytest.raises(GraceRefused, match="営業猶予"):
        one("営業猶予")
    with pytest.raises(GraceRefused, match="poverty"):
        one(facts={"poverty": True})
    with pytest.raises(GraceRefused, match="申請換価猶予"):
        explain("申請換価猶予", {}, date(2016, 3, 31), 6, 1)
    with pytest.raises(NoValue, match=r"grace.toml"):
        explain("徴収猶予", {}, date(1999, 12, 31), 6, 1)


def test_the_last_day_of_application():
    assert application_deadline(date(2026, 6, 30)) == date(2026, 12, 31)
    assert application_deadline(date(2026, 8, 31)) == date(2027, 2, 28)


@settings(max_examples=100, deadline=None)
@given(st.dates(date(2017, 1, 1), date(2026, 12, 31)), st.integers(1, 12), st.integers(0, 23))
def test_never_beyond_two_years_in_all(from_date, months, earlier):
    first = date(from_date.year - earlier // 12, from_date.month, 1)
    if last_day(from_date, months) > last_day(first, 24):
        with pytest.raises(GraceRefused):
            explain("徴収猶予", ILL, from_date, months, 1, first_from=first)
        return
    found = explain("徴収猶予", ILL, from_date, months, 1, first_from=first)
    assert found.ends_on <= found.longest_ends_on <= found.extension_ends_on == last_day(first, 24)
