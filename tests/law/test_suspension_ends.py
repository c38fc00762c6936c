"""執行停止: grounds, duties and both ends side by side; 不納欠損 and what is no reason for it."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from law import suspension, write_off
from law.suspension import SuspensionRefused
from law.write_off import NotAReason

ON = date(2026, 11, 23)
DECIDED = date(2024, 3, 1)

TABLE = """
号 | 時効       | 消滅の日   | 早い方
 1 | 2026-05-31 | 2026-05-31 | 時効
 2 | 2027-02-28 | 2027-02-28 | 時効
 2 | 2027-03-01 | 2027-03-01 | 3年の継続
 3 | 2028-12-31 | 2027-03-01 | 3年の継続
 3 |            | 2027-03-01 | 3年の継続
"""


@pytest.mark.parametrize("line", TABLE.strip().splitlines()[1:])
def test_both_ends_side_by_side_and_the_earlier_named(line):
    item, prescribed, end, ended_by = [cell.strip() for cell in line.split("|")]
    prescription_on = date.fromisoformat(prescribed) if prescribed else None
    found = suspension.explain(int(item), DECIDED, prescription_on)
    assert (str(found.three_years_on), str(found.ends_on), found.ended_by) == ("2027-03-01", end, ended_by)
    assert "2027-03-01" in found.sentence
    assert (prescribed or "差押により完成しない") in found.sentence


def test_a_debt_that_had_already_prescribed_is_pointed_out():
    found = suspension.explain(1, DECIDED, date(2024, 2, 29))
    assert (found.ended_by, found.ends_on) == ("時効", date(2024, 2, 29))
    assert "停止の前に時効が完成している" in found.sentence
    assert "停止の前に" not in suspension.explain(1, DECIDED, DECIDED).sentence


def test_release_is_a_duty_of_the_second_ground_only():
    texts = {
        item: str(suspension.explain(item, DECIDED, None, has_attachment=True).duties) for item in (1, 2, 3)
    }
    assert ["差押えを解除する" in texts[item] for item in (1, 2, 3)] == [False, True, False]
    assert all("通知する" in text and "15条の7第2項" in text for text in texts.values())


def test_immediate_extinction_is_for_the_first_ground_only():
    found = suspension.explain(1, DECIDED, ON, is_hopeless=True)
    assert (found.ends_on, found.ended_by) == (DECIDED, "即時消滅")
    assert "15条の7第5項" in found.sentence
    for item in (2, 3):
        with pytest.raises(SuspensionRefused, match="1号 の停止だけ"):
            suspension.explain(item, DECIDED, ON, is_hopeless=True)
    with pytest.raises(SuspensionRefused, match="4号"):
        suspension.explain(4, DECIDED, ON)


def test_a_partial_stop_is_the_city_s_setting():
    assert suspension.explain(1, DECIDED, None, is_partial=True).ground == "1号 無財産"


def test_cancelling_within_the_three_years():
    assert [duty.article for duty in suspension.cancel(DECIDED, date(2027, 3, 1))] == [
        "地方税法15条の8第1項",
        "地方税法15条の8第2項",
    ]
    for too_late in (date(2027, 3, 2), DECIDED - timedelta(days=1)):
        with pytest.raises(SuspensionRefused, match="2027-03-01 まで"):
            suspension.cancel(DECIDED, too_late)


WRITE_OFFS = """
時効       | 停止       | 号 | 即時       | 欠損
2026-02-28 |            |    |            | C 2026-03-03 2025
2026-03-31 |            |    |            | C 2026-04-01 2026
2028-02-28 | 2023-06-01 | 2  |            | A 2026-06-02 2026
2025-06-30 | 2023-06-01 | 2  |            | C 2025-07-01 2025
2028-02-28 | 2026-09-01 | 1  | 2026-10-01 | B 2026-10-01 2026
2026-12-31 | 2025-06-01 | 3  |            | なし
           | 2025-06-01 | 3  |            | なし
"""


@pytest.mark.parametrize("line", WRITE_OFFS.strip().splitlines()[1:])
def test_the_first_reason_writes_off(line):
    *cells, expected = [cell.strip() for cell in line.split("|")]
    completes_on, suspended_on, hopeless_on = (
        date.fromisoformat(cells[n]) if cells[n] else None for n in (0, 1, 3)
    )
    found = write_off.explain(ON, completes_on, suspended_on, int(cells[2] or 0) or None, hopeless_on)
    assert (f"{found.code} {found.extinct_on} {found.fiscal_year}" if found else "なし") == expected


def test_the_reasons_and_their_articles():
    assert list(write_off.reasons(ON)) == ["A", "B", "C"]
    assert "110条" in write_off.reasons(ON, "料")["C"][1]
    assert "18条" in write_off.reasons(ON, "税")["C"][1]


@pytest.mark.parametrize("name", ["破産免責", "徴収停止"])
def test_what_is_no_reason(name):
    with pytest.raises(NotAReason, match=f"{name}は不納欠損の理由になりません"):
        write_off.refuse(name, ON)
    assert name not in str(write_off.reasons(ON))


def test_immediate_extinction_needs_a_suspension_on_the_first_ground():
    for item, suspended_on in ((2, DECIDED), (None, None), (1, ON)):
        with pytest.raises(NotAReason, match="1号"):
            write_off.explain(ON, None, suspended_on, item, hopeless_on=date(2026, 1, 5))


DAYS = st.dates(date(2015, 1, 1), date(2026, 12, 31))


@settings(max_examples=150, deadline=None)
@given(DAYS, st.none() | DAYS, st.integers(1, 3))
def test_the_end_is_the_earlier_of_the_two(decided_on, prescription_on, item):
    found = suspension.explain(item, decided_on, prescription_on)
    assert found.ends_on == min(found.three_years_on, prescription_on or date.max)
    assert found.ends_on in (prescription_on, found.three_years_on)


@settings(max_examples=100, deadline=None)
@given(DAYS, DAYS, st.integers(0, 2_000))
def test_what_is_written_off_stays_written_off(as_of, suspended_on, later):
    one = write_off.explain(as_of, None, suspended_on, 2)
    other = write_off.explain(as_of + timedelta(days=later), None, suspended_on, 2)
    assert one is None or other == one
