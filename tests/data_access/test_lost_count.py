"""不納欠損 for readers without persons: on one day no total of the page, nor one of the 月次報告, minus parts of it is of one to nine persons."""

import random
from itertools import combinations

import polars as pl
import pytest

from data_access import connection, query
from tests.pages.screen import show
from tests.staff import ANALYST, AUDITOR

DIMENSIONS = ("事由", "区分", "年数", "逃したこと")
CHANCES = ("督促なし", "更新なし", "手を打った", "停止中")
LEAST = 10
KEY = ("atena_number", "notice_number", "installment_no")


@pytest.fixture(autouse=True)
def the_invented_day_is_offered(monkeypatch):
    """What is invented below stands in the newest day, which an analyst is not shown before its month ends (test_month_ends.py)."""
    monkeypatch.setattr(query, "sees_month_ends", lambda user: False)


def world(seed: int, people: dict[str, int], before: dict[int, dict[str, int]]) -> list[dict]:
    """Installments that wait (by reason, of so many people) and that are booked (by year), each with what the other dimensions say of it."""
    rng, rows, person = random.Random(seed), [], 0
    for is_booked, year, counts in [(False, 2026, people), *((True, year, counts) for year, counts in before.items())]:
        for reason, count in counts.items():
            for _ in range(count):
                person += 1
                for number in range(rng.choice([1, 1, 2])):
                    rows.append({"atena_number": str(person), "notice_number": str(person), "installment_no": str(number), "is_booked": is_booked, "fiscal_year": year,
                                 "year_class": "滞繰" if reason == "時効" else rng.choice(["滞繰", "現年"]), "booked_as": reason, "yen": rng.randrange(100, 90_000, 100),
                                 "age_years": rng.choice([2, 2, 3, 6]), "kept_chance": rng.choices(CHANCES, [40, 30, 20, 2])[0] if reason == "時効" else None,
                                 "district_code": "D01", "district_name": "第1地区"})
    return rows


WORLDS = {  # who waits; who is booked; how many of those that wait by 時効 the 月次報告 does not count, and how many it counts more
    "four_beside_many": (({"時効": 108, "停止3年": 2, "即時消滅": 2}, {2025: {"時効": 60}, 2026: {"時効": 50}}), (0, 0)),
    "two_booked_at_once": (({"時効": 30}, {2024: {"時効": 40}, 2025: {"時効": 60, "停止3年": 1}, 2026: {"時効": 50, "即時消滅": 1}}), (0, 0)),
    "many_of_each": (({"時効": 40, "停止3年": 20, "即時消滅": 30}, {2025: {"時効": 60, "停止3年": 15, "即時消滅": 12}, 2026: {"時効": 50}}), (0, 0)),
    "one_reason_of_few": (({"時効": 40, "停止3年": 14, "即時消滅": 3}, {2025: {"時効": 60, "停止3年": 20}, 2026: {"時効": 50, "停止3年": 3}}), (0, 0)),
    "the_report_counts_a_few_more": (({"時効": 40, "停止3年": 20}, {2026: {"時効": 50}}), (0, 3)),
    "the_report_counts_a_few_less": (({"時効": 40, "停止3年": 2}, {2026: {"時効": 50}}), (3, 0)),
    "few_at_all": (({"時効": 6, "停止3年": 2}, {2026: {"時効": 4}}), (0, 0)),
    "not_by_time_at_all": (({"停止3年": 2, "即時消滅": 12}, {2026: {"停止3年": 12, "即時消滅": 2}}), (0, 0)),
}


def put(name: str, rows: list[dict], schema: dict) -> None:
    """In the place of a derived table of the running engine."""
    cursor = connection.engine().connection.cursor()
    kind = "table" if cursor.execute("select 1 from duckdb_tables() where schema_name = 'derived' and table_name = ?", [name]).fetchall() else "view"
    cursor.register("put_rows", pl.DataFrame(rows, schema=schema).to_arrow())
    cursor.execute(f"drop {kind} derived.{name}; create table derived.{name} as select * from put_rows")


def told(user) -> list[dict]:
    cursor = connection.reader(connection.engine(), user).execute("from disclosed.lost_count")
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def value(row: dict, dimension: str) -> str | None:
    return {"事由": row["booked_as"], "区分": row["year_class"], "年数": str(row["age_years"]), "逃したこと": row["kept_chance"] or "ほかの事由"}[dimension]


@pytest.mark.parametrize("name", WORLDS)
def test_no_total_minus_parts_is_of_fewer_than_ten(own_city, name):
    parameters, (fewer, more) = WORLDS[name]
    for seed in range(3):
        rows = world(seed, *parameters)
        waiting = [row for row in rows if not row["is_booked"]]
        by_time = [row for row in waiting if row["booked_as"] == "時効"]
        people = sorted({row["atena_number"] for row in by_time}, key=int)
        lapsed = [row for row in by_time if row["atena_number"] not in people[:fewer]]
        lapsed += [dict(by_time[0], atena_number=f"L{number}", notice_number=f"L{number}") for number in range(more)]
        schema = dict(pl.DataFrame(rows, infer_schema_length=None).schema)
        put("lost_installment", rows, schema)
        put("case_installment", [{**{key: row[key] for key in KEY}, "claim_state": "消滅"} for row in lapsed], dict.fromkeys((*KEY, "claim_state"), pl.String))
        families = [[lapsed]] if len({row["atena_number"] for row in lapsed}) >= LEAST else []
        answer = told(AUDITOR)
        assert {tuple(row.items()) for row in told(ANALYST)} == {tuple(row.items()) for row in answer}
        for dimension in DIMENSIONS:
            for is_booked in (False, True):
                cells = [row for row in answer if (row["dimension"], row["is_booked"]) == (dimension, is_booked)]
                years = {row["fiscal_year"] for row in cells}
                family = []
                for cell in cells:
                    if cell["yen"] is None:
                        continue
                    named = {row["part"] for row in cells if row["fiscal_year"] == cell["fiscal_year"]}
                    own = [row for row in rows if row["is_booked"] == is_booked and (years == {None} or row["fiscal_year"] == cell["fiscal_year"])
                           and (value(row, dimension) == cell["part"] or (cell["part"] == "そのほか" and value(row, dimension) not in named))]
                    if sum(row["yen"] for row in own) != cell["yen"]:  # 逃したこと without those who are of another reason
                        own = [row for row in own if row["booked_as"] == "時効"]
                    assert sum(row["yen"] for row in own) == cell["yen"], (seed, cell)
                    assert cell["person_count"] == len({row["atena_number"] for row in own}) >= LEAST
                    family.append(own)
                families.append(family)
        assert sum(map(len, families)) >= 3 or name in ("few_at_all",), "something is told"
        sums = [unions(family) for family in families]
        for one in sums:
            for other in sums:
                for whole in one:
                    for some in other:
                        left = {number for number, _, _ in whole - some}
                        assert not some <= whole or not left or len(left) >= LEAST, (seed, sorted(left))


def unions(family: list[list[dict]]) -> list[frozenset]:
    """What may be added up of disjoint parts: every choice of them, as persons with their installments."""
    sets = [frozenset((row["atena_number"], row["notice_number"], row["installment_no"]) for row in part) for part in family]
    return [frozenset().union(*some) for size in range(1, len(sets) + 1) for some in combinations(sets, size)]


CARDS = {"four_beside_many": ["額", "10人未満", "10人未満"], "one_reason_of_few": ["額", "示しません", "示しません"]}


@pytest.mark.parametrize("name", CARDS)
def test_what_is_below_ten_is_told_apart_from_what_is_kept_back(own_city, name):
    """The cards: 10人未満 only of a reason of fewer than ten; the effect of all that waits only where it gives nothing away."""
    rows = world(1, *WORLDS[name][0])
    by_time = [row for row in rows if not row["is_booked"] and row["booked_as"] == "時効"]
    put("lost_installment", rows, dict(pl.DataFrame(rows, infer_schema_length=None).schema))
    put("case_installment", [{**{key: row[key] for key in KEY}, "claim_state": "消滅"} for row in by_time], dict.fromkeys((*KEY, "claim_state"), pl.String))
    screen = show(AUDITOR, "write_off", write_off_view="決算への影響")
    yen = f"{sum(row['yen'] for row in by_time):,}円"
    assert [card.value for card in screen.at.metric[:3]] == [yen if word == "額" else word for word in CARDS[name]]
    whole = f"{sum(row['yen'] for row in rows if not row['is_booked']):,}円"
    if name == "four_beside_many":
        assert "差から、10人未満の数が分かるため" in screen.at.info[-1].value
        assert whole not in screen.words()
    assert (sum(row["yen"] or 0 for row in told(AUDITOR) if row["dimension"] == "区分" and not row["is_booked"]) == sum(row["yen"] for row in rows if not row["is_booked"])) == (name != "four_beside_many")
