"""内訳, 前の基準日との比較 and 要件の試し: every figure is that of the candidates themselves, and small ones are told to nobody without persons."""

from collections import Counter
from itertools import chain, combinations, product

import polars as pl
import pytest

from data_access import connection, query
from data_access.criterion_trial import choices, longest_age, trial
from data_access.suspension_comparison import ENTERED, LEFT, LIKELY, compare
from tests.data_access.test_lost_count import put
from tests.staff import ANALYST, AUDITOR, CHIEF, OFFICER

WHOLE = {"district": None, "page_size": 100_000, "skipped": 0}
DIMENSIONS = ("地区", "年齢", "滞納額")


@pytest.fixture(autouse=True)
def the_invented_day_is_offered(monkeypatch):
    """What is invented below stands in the newest day, which an analyst is not shown before its month ends (test_month_ends.py)."""
    monkeypatch.setattr(query, "sees_month_ends", lambda user: False)


def candidates(user, **snapshot):
    return query.ask(user, "suspension_candidates", verdict=None, ground=None, **WHOLE, **snapshot).to_dicts()


@pytest.mark.parametrize("verdict", ["該当の疑い", "資料不足"])
def test_every_cut_adds_up_to_the_candidates(city, verdict):
    for user in (CHIEF, OFFICER):
        own = [row for row in candidates(user) if row["verdict"] == verdict]
        for dimension in DIMENSIONS:
            found = query.ask(user, "suspension_breakdown", dimension=dimension, verdict=verdict, district=None).to_dicts()
            assert Counter(row["ground"] for row in own) == sum((Counter({row["ground"]: row["person_count"]}) for row in found), Counter())
            assert sum(row["active_yen"] for row in found) == sum(row["active_yen"] for row in own)
        by_district = Counter((row["ground"], row["district_name"]) for row in own)
        found = query.ask(user, "suspension_breakdown", dimension="地区", verdict=verdict, district=None).to_dicts()
        assert {(row["ground"], row["part"]): row["person_count"] for row in found} == by_district


def test_without_persons_nothing_below_ten_is_told_or_left_over(city):
    for verdict in ("該当の疑い", "資料不足"):
        whole = {row["ground"]: row["case_count"] for row in query.ask(ANALYST, "suspension_summary", district=None).to_dicts() if row["verdict"] == verdict}
        for dimension in DIMENSIONS:
            found = query.ask(ANALYST, "suspension_breakdown", dimension=dimension, verdict=verdict, district=None).to_dicts()
            assert all(row["person_count"] is None or row["person_count"] >= 10 for row in found)
            assert all((row["active_yen"] is None) == (row["person_count"] is None) for row in found)
            assert "特別管理" not in {row["part"] for row in found}
            for ground, total in whole.items():
                counts = [row["person_count"] for row in found if row["ground"] == ground]
                assert counts == [None] if total is None else sum(counts) == total, "what is hidden would be the rest"
    assert all(row["person_count"] is None or row["person_count"] >= 10 for row in query.ask(ANALYST, "suspension_lacking", district=None).to_dicts())


def test_the_missing_records_are_those_of_the_candidates(city):
    told = Counter()
    for row in candidates(CHIEF):
        if row["verdict"] == "資料不足":
            told.update((row["ground"], row["clause"], *missing.split("：")) for missing in row["missing"].split("、"))
    found = query.ask(CHIEF, "suspension_lacking", district=None).to_dicts()
    assert told
    assert {(row["ground"], row["clause"], row["target"], row["finding"]): row["person_count"] for row in found} == told


def test_the_trial_of_the_settings_as_they_are_changes_nothing(city):
    as_of = query.standing().as_of
    found = trial(CHIEF, None, longest_age(as_of), []).to_dicts()
    summary = {(row["ground"], row["verdict"]): (row["case_count"], row["active_yen"]) for row in query.ask(CHIEF, "suspension_summary", district=None).to_dicts()}
    for row in found:
        expected = summary.get((row["ground"], row["verdict"]), (0, 0))
        assert (row["person_count"], row["active_yen"]) == (row["tried_count"], row["tried_yen"]) == expected, row
        assert row["count_change"] == 0


def test_the_trial_follows_its_settings(city):
    as_of = query.standing().as_of
    likely = {row["ground"]: row for row in trial(CHIEF, None, 3_650, []).to_dicts() if row["verdict"] == LIKELY}
    assert sum(row["tried_count"] for row in likely.values()) >= sum(row["person_count"] for row in likely.values())
    assert likely["1号"]["tried_count"] > likely["1号"]["person_count"], "old records would count"
    oldest = {row["ground"]: row["tried_count"] for row in trial(CHIEF, None, 1, []).to_dicts() if row["verdict"] == LIKELY}
    assert oldest["1号"] < likely["1号"]["person_count"]
    welfare = [key for key in choices(as_of) if "生活保護" in key]
    gone = {(row["ground"], row["verdict"]): row for row in trial(CHIEF, None, longest_age(as_of), welfare).to_dicts()}
    hard = connection.reader(connection.engine(), CHIEF).execute("""
        select atena_ref from disclosed.screening_evidence where clause = '家計の窮迫' group by atena_ref having bool_and(finding = '満たす')""").fetchall()
    assert 0 < gone["2号", LIKELY]["tried_count"] == len(hard) < gone["2号", LIKELY]["person_count"], "the other 場合 of the 号 stands by itself"
    assert gone["1号", LIKELY]["count_change"] == 0
    every = [key for key in choices(as_of) if key.startswith("2号 ")]
    gone = {(row["ground"], row["verdict"]): row for row in trial(CHIEF, None, longest_age(as_of), every).to_dicts()}
    assert gone["2号", LIKELY]["tried_count"] == 0
    assert gone["1号", LIKELY]["count_change"] == 0


def test_two_days_side_by_side(city):
    """Before and now with what entered and left between them; a person who left is named with where to."""
    newest, oldest = query.kept()[0], query.kept()[-1]
    assert newest.business_date > oldest.business_date
    found = compare(CHIEF, oldest.id, None)
    keys = {}
    for name, own in (("before", oldest.id), ("now", newest.id)):
        keys[name] = {(row["atena_ref"], row["ground"]) for row in candidates(CHIEF, snapshot_id=own) if row["verdict"] == LIKELY}
    moves = {(row["atena_ref"], row["ground"], row["move"]): row for row in found.moves.to_dicts()}
    assert moves.keys() == {(*key, ENTERED) for key in keys["now"] - keys["before"]} | {(*key, LEFT) for key in keys["before"] - keys["now"]}
    assert all((row["verdict_now"] if row["move"] == ENTERED else row["verdict_before"]) == LIKELY for row in moves.values())
    for row in found.summary.to_dicts():
        assert row["before_count"] + row["entered_count"] - row["left_count"] == row["now_count"]
        assert row["now_count"] == sum(ground == row["ground"] for _, ground in keys["now"])


def test_a_day_beside_itself_moves_nobody(city):
    found = compare(OFFICER, query.kept()[0].id, None)
    assert found.moves.is_empty()
    assert found.summary["before_count"].equals(found.summary["now_count"].alias("before_count"))


LACKING = {  # 場合 → record → how it is lacked → of how many of its people; the rest has it
    "three_have_it": {"a": (30, {"預金": {"未回答": 27}})},
    "three_have_it_beside_two": {"a": (30, {"預金": {"未回答": 14, "期限切れ": 13}, "給与": {"未回答": 12}})},
    "four_of_another_case": {"a": (26, {"預金": {"未回答": 26}}), "b": (4, {"預金": {"未回答": 4}})},
    "few_of_each": {"a": (14, {"預金": {"未回答": 10, "期限切れ": 4}}), "b": (16, {"預金": {"未回答": 16}, "年金": {"未回答": 5}})},
    "all_lack_it": {"a": (30, {"預金": {"未回答": 18, "期限切れ": 12}})},
}


@pytest.mark.parametrize("name", LACKING)
def test_without_persons_those_who_have_the_record_are_nobody_or_ten(own_city, name):
    """The people of a 号, told above, minus those who are told to lack a record: whatever is chosen of each 場合."""
    numbers = [number for (number,) in connection.engine().connection.cursor().execute("select atena_number from serving.delinquent order by all limit 30").fetchall()]
    assert len(numbers) == 30
    screening, evidence, cells = [], [], {}
    for clause, (count, records) in LACKING[name].items():
        own, numbers = numbers[:count], numbers[count:]
        screening += [{"atena_number": number, "ground": "1号", "clause": clause, "verdict": "資料不足"} for number in own]
        for target, findings in records.items():
            left = own
            for finding, lacked in findings.items():
                cells[clause, target, finding], left = frozenset(left[:lacked]), left[lacked:]
            evidence += [{"atena_number": number, "ground": "1号", "clause": clause, "target": target, "finding": finding}
                         for (of, record, finding), some in cells.items() if (of, record) == (clause, target) for number in some]
    for table, rows in (("screening", screening), ("screening_evidence", evidence)):
        put(table, rows, dict.fromkeys(rows[0], pl.String))
    whole = frozenset(row["atena_number"] for row in screening)
    assert query.ask(AUDITOR, "suspension_summary", district=None)["case_count"].to_list() == [30]
    for user in (ANALYST, AUDITOR):
        told = {(row["clause"], row["target"], row["finding"]): row["person_count"] for row in query.ask(user, "suspension_lacking", district=None).to_dicts()}
        assert told.keys() == cells.keys()
        assert all(count in (None, len(cells[cell])) and (count is None or count >= 10) for cell, count in told.items())
        records = {}
        for clause, target, finding in (cell for cell, count in told.items() if count):
            records.setdefault(clause, {}).setdefault(target, []).append(cells[clause, target, finding])
        choices = [[frozenset(), *(frozenset().union(*some) for own in of.values() for some in chain.from_iterable(combinations(own, size) for size in range(1, len(own) + 1)))]
                   for of in records.values()]
        for chosen in product(*choices):
            assert len(whole - frozenset().union(*chosen)) not in range(1, 10)
    assert any(told.values()) == (name not in ("three_have_it", "four_of_another_case"))
    assert query.ask(CHIEF, "suspension_lacking", district=None)["person_count"].sum() == sum(map(len, cells.values())), "who sees persons is told all"
