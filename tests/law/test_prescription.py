"""消滅時効: each event with its effect, and what must hold for every case."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from law.prescription import Event, explain, extinct_from

AS_OF = date(2026, 11, 20)
DUE = date(2023, 6, 30)


def day(text):
    return date.fromisoformat(text)


def completes(*events, due=DUE, kind="料", as_of=AS_OF):
    return str(explain(due, kind, events, as_of).completes_on)


@pytest.mark.parametrize(
    ("kind", "due", "expected"),
    [
        ("料", "2023-06-30", "2025-06-30"),
        ("税", "2023-06-30", "2028-06-30"),
        ("料", "2024-02-28", "2026-02-28"),  # 起算 2/29、応当日なし
        ("料", "2024-02-29", "2026-02-28"),
        ("料", "2022-02-28", "2024-02-29"),
        ("料", "2024-12-31", "2026-12-31"),
    ],
)
def test_length(kind, due, expected):
    assert completes(due=day(due), kind=kind) == expected


def test_only_the_first_demand_renews():
    first, second = Event("督促", day("2023-07-20")), Event("督促", day("2024-07-20"))
    assert completes(second, first) == "2025-07-20"
    assert "再度の督促" in explain(DUE, "料", [first, second], AS_OF).steps[-1].effect


def test_tax_waits_ten_days_after_the_demand():
    assert completes(Event("督促", day("2023-07-20")), kind="税") == "2028-07-30"


def test_a_reminder_holds_six_months_and_only_once():
    first = Event("催告", day("2025-06-10"))
    assert completes(first) == "2025-12-10"
    assert completes(first, Event("催告", day("2025-12-01"))) == "2025-12-10"


def test_a_reminder_after_the_earlier_hold_has_run_out_counts_again():
    assert completes(Event("催告", day("2024-01-10")), Event("催告", day("2025-06-10"))) == "2025-12-10"


def test_a_reminder_within_an_earlier_one_does_not_count_in_the_earlier_reading():
    assert completes(Event("催告", day("2025-01-10")), Event("催告", day("2025-06-10"))) == "2025-07-10"


def test_a_reminder_before_the_new_civil_code_does_nothing_by_itself():
    found = explain(day("2018-06-30"), "料", [Event("催告", day("2020-03-31"))], AS_OF)
    assert str(found.completes_on) == "2020-06-30"
    assert found.steps[-1].article == "旧民法153条"
    assert completes(Event("催告", day("2020-04-01")), due=day("2018-06-30")) == "2020-10-01"


def test_an_acknowledgement_renews_only_when_a_person_confirmed_it():
    doubtful = explain(DUE, "料", [Event("承認", day("2024-03-15"))], AS_OF)
    assert (str(doubtful.completes_on), str(doubtful.if_confirmed_on)) == ("2025-06-30", "2026-03-15")
    assert doubtful.renewed_by is None
    sure = explain(DUE, "料", [Event("承認", day("2024-03-15"), is_confirmed=True)], AS_OF)
    assert sure.completes_on == sure.if_confirmed_on == day("2026-03-15")
    assert (sure.renewed_by, sure.renewed_on) == ("承認", day("2024-03-15"))


def test_an_attachment_in_force_holds():
    found = explain(DUE, "料", [Event("差押", day("2025-06-30"))], AS_OF)
    assert (found.is_held, str(found.completes_on)) == (True, "2025-06-30")


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("取立", "2028-01-10"),
        ("配当", "2028-01-10"),
        ("無益解除", "2028-01-10"),
        ("取下げ", "2026-07-10"),
        ("違法取消", "2026-07-10"),
        (None, "2026-07-10"),  # 理由不明は早い方
    ],
)
def test_the_end_of_an_attachment(reason, expected):
    event = Event("差押", day("2024-01-10"), day("2026-01-10"), reason)
    found = explain(DUE, "料", [event], AS_OF)
    assert (found.is_held, str(found.completes_on)) == (False, expected)
    assert found.renewed_by == ("差押" if expected == "2028-01-10" else None)


def test_as_known_on_an_earlier_day():
    event = Event("差押", day("2024-01-10"), day("2026-01-10"), "取立")
    assert explain(DUE, "料", [event], day("2025-08-01")).is_held
    assert not explain(DUE, "料", [event], day("2024-01-09")).is_held


def test_time_runs_on_during_a_suspension_of_disposition():
    assert completes(Event("停止", day("2024-01-10"))) == "2025-06-30"


@pytest.mark.parametrize("kind", ["督促", "催告", "承認", "差押"])
def test_nothing_counts_after_completion(kind):
    late = Event(kind, day("2025-07-01"), is_confirmed=True)
    found = explain(DUE, "料", [late, Event("承認", day("2025-07-02"), is_confirmed=True)], AS_OF)
    assert (str(found.completes_on), found.is_held, found.renewed_by) == ("2025-06-30", False, None)
    assert completes(Event(kind, day("2025-06-30"), is_confirmed=True)) != "2025-06-30" or kind == "差押"


def test_called_extinct_only_after_the_next_open_day_for_premiums():
    """満了日 2026-02-28 は土曜: 料は 3/2 (月) の終わりまで延びうる (国民健康保険法111条、民法142条)."""
    assert str(extinct_from(day("2026-02-28"), "料")) == "2026-03-03"
    assert str(extinct_from(day("2026-02-28"), "税")) == "2026-03-01"


def test_every_step_names_its_article():
    events = [
        Event("督促", day("2023-07-20")),
        Event("督促", day("2023-08-20")),
        Event("催告", day("2023-09-20")),
        Event("承認", day("2023-10-20")),
        Event("差押", day("2023-11-20"), day("2023-12-20"), "取下げ"),
        Event("停止", day("2024-01-20")),
    ]
    steps = explain(DUE, "料", events, AS_OF).steps
    assert [step.event for step in steps] == [
        "起算",
        "督促",
        "督促",
        "催告",
        "承認",
        "差押",
        "差押終了",
        "停止",
    ]
    assert all(step.article for step in steps)


EVENTS = st.lists(
    st.builds(
        lambda kind, start, length, reason, sure: Event(
            kind,
            DUE + timedelta(days=start),
            DUE + timedelta(days=start + length) if reason else None,
            reason,
            sure,
        ),
        st.sampled_from(["督促", "催告", "承認", "協議", "天災", "差押", "交付要求", "停止", "徴収猶予"]),
        st.integers(-100, 1_500),
        st.integers(0, 900),
        st.sampled_from(["取立", "取下げ", None]),
        st.booleans(),
    ),
    max_size=7,
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from("料税"), EVENTS)
def test_no_event_moves_the_date_earlier(kind, events):
    found = explain(DUE, kind, events, AS_OF)
    dates = [step.completes_on for step in found.steps]
    assert dates == sorted(dates)
    assert found.completes_on == dates[-1] <= found.if_confirmed_on
    assert found.completes_on <= min(found.later_reading_on, found.if_paused_on or date.max, found.if_reminded_on)
    assert found.extinct_from is None or found.extinct_from > found.completes_on


@settings(max_examples=150, deadline=None)
@given(st.sampled_from("料税"), EVENTS, st.integers(0, 1_200))
def test_a_further_renewal_never_moves_the_date_earlier(kind, events, offset):
    more = [*events, Event("承認", DUE + timedelta(days=offset), is_confirmed=True)]
    assert explain(DUE, kind, events, AS_OF).completes_on <= explain(DUE, kind, more, AS_OF).completes_on


@settings(max_examples=100, deadline=None)
@given(EVENTS, st.randoms(use_true_random=False))
def test_the_order_of_the_list_does_not_matter(events, rng):
    shuffled = rng.sample(events, len(events))
    one, other = explain(DUE, "料", events, AS_OF), explain(DUE, "料", shuffled, AS_OF)
    assert (one.completes_on, one.is_held, one.renewed_on) == (
        other.completes_on,
        other.is_held,
        other.renewed_on,
    )


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from("料税"),
    EVENTS,
    st.integers(0, 1_200),
    st.integers(0, 700),
    st.sampled_from(["差押", "交付要求", "天災", "徴収猶予"]),
)
def test_a_hold_or_a_pause_never_moves_the_date_earlier(kind, events, start, length, what):
    on = DUE + timedelta(days=start)
    # 税: a 差押 within the ten days ends the demand's hold on its own day (18条の2第1項2号の括弧書), the one exception.
    assume(not (kind == "税" and what == "差押" and any(e.kind == "督促" and (on - e.happened_on).days <= 10 for e in events)))
    more = [*events, Event(what, on, on + timedelta(days=length), "取下げ")]
    assert explain(DUE, kind, events, AS_OF).completes_on <= explain(DUE, kind, more, AS_OF).completes_on


def test_an_acknowledgement_reaches_only_the_installments_it_names():
    pledge = Event(
        "承認",
        day("2024-03-15"),
        is_confirmed=True,
        ground="分納誓約",
        scope=("03", "04"),
        record="分納 00000012",
    )
    named, other = (explain(DUE, "料", [pledge], AS_OF, number) for number in ("03", "05"))
    assert (str(named.completes_on), str(other.completes_on)) == ("2026-03-15", "2025-06-30")
    assert (named.steps[-1].record, named.steps[-1].effect) == ("分納 00000012", "分納誓約により更新")


def test_events_before_the_new_civil_code_keep_its_words():
    old, new = (
        explain(DUE, "税", [Event("督促", day(on))], AS_OF).steps for on in ("2020-03-31", "2020-04-01")
    )
    assert ("中断" in old[-1].effect, "更新" in new[-1].effect) == (True, True)


def test_not_called_extinct_while_held_nor_before_the_calendar_is_out():
    assert explain(DUE, "料", [Event("差押", day("2025-06-30"))], AS_OF).extinct_from is None
    assert explain(day("2026-10-31"), "料", [], AS_OF).extinct_from is None  # 2028年の祝日は未公表
    assert str(explain(day("2024-02-29"), "料", [], AS_OF).extinct_from) == "2026-03-03"
