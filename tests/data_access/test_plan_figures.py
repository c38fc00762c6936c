"""徴収計画: steps, load, omissions, kept plans, capacity and progress beside plain Python, within each reader's districts."""

import math
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest

from casework.collection_plan import QUEUES
from data_access.query import ask
from law.collection_rate import Figures, rate
from tests import staff
from tests.data_access.source_rows import by

WHOLE = {"page_size": 10_000, "skipped": 0}
DAYS, UNTIL = 60, date(2027, 5, 31)
READERS = pytest.mark.parametrize("user", [staff.MANAGER, staff.OFFICER], ids=lambda user: user.role)


def step_of(row: dict, reminded_on: date | None, as_of: date) -> str:
    """段階 of one row of derived.delinquent, read plainly; アドホック分析 has the same (test_analysis.py)."""
    if row["is_wholly_suspended"]:
        return "執行停止"
    if row["has_disposition"]:
        return "差押など"
    if row["plan_state"]:
        return {"不履行": "分納不履行", "履行中": "分納履行中"}[row["plan_state"]]
    if row["is_partly_held"]:
        return "猶予中"
    if row["last_contact_on"] and row["last_contact_on"] >= as_of - timedelta(days=60):
        return "折衝中"
    if reminded_on:
        return "催告済"
    return "督促漏れ" if row["is_demand_missed"] else "督促まで"


def desks(rows) -> dict[str, str]:
    """宛名番号 → 担当者 today."""
    found = {}
    for row in sorted(rows.source("caseload"), key=lambda row: (row["from_date"], row["caseload_number"])):
        if row["from_date"] <= rows.as_of and (row["to_date"] is None or row["to_date"] >= rows.as_of):
            found[row["atena_number"]] = row["in_charge"]
    return found


def reminders(rows) -> dict[str, date]:
    found: dict[str, date] = {}
    for row in rows.source("document"):
        if row["document_kind"] in ("催告書", "差押予告書") and row["undelivered_on"] is None and row["dispatched_on"] and row["dispatched_on"] <= rows.as_of:
            found[row["atena_number"]] = max(found.get(row["atena_number"], date.min), row["dispatched_on"])
    return found


def cases(rows, user) -> list[dict]:
    """Every delinquent of the reader with the step of the case, found one after the other."""
    desk, reminded, found = desks(rows), reminders(rows), []
    for row in rows.derived("delinquent"):
        if user.districts and row["district_code"] not in user.districts:
            continue
        spoken = row["last_contact_on"]
        step = step_of(row, reminded.get(row["atena_number"]), rows.as_of)
        silent_since = spoken or row["oldest_due_date"]
        found.append(row | {"step": step, "desk": desk.get(row["atena_number"], "担当者なし"), "active": row["unpaid_yen"] - row["suspended_yen"],
                            "is_omitted": step != "執行停止" and silent_since < rows.as_of - timedelta(days=DAYS)})
    return found


@READERS
@pytest.mark.parametrize(("dimension", "own"), [("地区", "district_name"), ("担当者", "desk")])
def test_steps_and_load(city, rows, user, dimension, own):
    expected = cases(rows, user)
    told = {(row["part"], row["case_stage"]): (row["case_count"], row["unpaid_yen"]) for row in ask(user, "plan_stages", dimension=dimension, district=None).iter_rows(named=True)}
    assert told == {key: (len(some), sum(each["unpaid_yen"] for each in some)) for key, some in by(expected, own, "step").items()}
    assert len({step for _, step in told}) >= 5
    worked = [each for each in expected if each["step"] != "執行停止"]
    groups, mean = by(worked, own), Decimal(len(worked)) / len(by(worked, own))
    load = ask(user, "plan_load", dimension=dimension, district=None, no_contact_days=DAYS)
    assert set(load["part"]) == {part for part, in groups}
    for row in load.iter_rows(named=True):
        some = groups[row["part"],]
        left = [each for each in some if each["is_omitted"]]
        assert (row["case_count"], row["worked_yen"], row["omitted_count"], row["omitted_yen"], row["never_count"]) == (
            len(some), sum(each["active"] for each in some), len(left), sum(each["active"] for each in left), sum(each["last_contact_on"] is None for each in left))
        assert row["load_rate"] == (Decimal(len(some)) * 100 / mean).quantize(Decimal("0.01"), ROUND_HALF_UP)
        people = ask(user, "plan_omissions", dimension=dimension, district=None, no_contact_days=DAYS, part=row["part"], **WHOLE)
        assert sorted(people["active_yen"]) == sorted(each["active"] for each in left)
    assert load["omitted_count"].sum() > 0


@READERS
def test_kept_plans(city, rows, user):
    place = {row["atena_number"]: row for row in rows.derived("place")}
    plans = [row | {"district": place[row["atena_number"]]["district_name"]} for row in rows.derived("plan_state")
             if not user.districts or place[row["atena_number"]]["district_code"] in user.districts]
    told = {row["part"]: row for row in ask(user, "plan_kept", dimension="地区", district=None).iter_rows(named=True)}
    groups = by(plans, "district")
    assert told.keys() == {part for part, in groups}
    for (part,), some in groups.items():
        states, row = Counter(each["plan_state"] for each in some), told[part]
        assert [row[name] for name in ("kept_count", "paid_up_count", "broken_count", "cancelled_count")] == [states[name] for name in ("履行中", "完納", "不履行", "取消")]
        assert row["plan_count"] == len(some)
        assert row["kept_rate"] == (Decimal(100 * (states["履行中"] + states["完納"])) / len(some)).quantize(Decimal("0.01"), ROUND_HALF_UP)
        assert row["plan_missed_yen"] == sum(each["missed_yen"] for each in some if each["plan_state"] == "不履行")


@READERS
@pytest.mark.parametrize("percent", [0, 10, 100, 300])
def test_what_the_hours_leave_undone(city, rows, user, percent):
    """One case after the other in the order of the worklist, until the district's minutes are used up."""
    minutes = {queue: 7 * place + 5 for place, queue in enumerate(QUEUES)}
    codes = sorted({row["district_code"] for row in rows.derived("delinquent")})
    hours = {code: place % 4 for place, code in enumerate(codes)}
    listed = ask(user, "district_worklist", queue=None, district=None, sort="急ぐ順", **WHOLE).to_dicts()
    code_of = {row["district_name"]: row["district_code"] for row in rows.derived("delinquent")}
    number_of = {row["atena_ref"]: row for row in rows.derived("delinquent")}
    used, left = defaultdict(int), defaultdict(list)
    needed, count = Counter(), Counter()
    for row in listed:
        queue, code = row["reasons"][0]["queue"], code_of[row["district_name"]]
        used[code] += minutes[queue]
        needed[queue] += minutes[queue]
        count[queue] += 1
        if used[code] * 100 > hours[code] * 60 * percent:
            left[queue].append(number_of[row["atena_ref"]])
    told = ask(user, "plan_capacity", dimension="名簿", district=None, until=UNTIL, percent=percent, queues=list(minutes), minutes=list(minutes.values()),
               areas=list(hours), hours=list(hours.values()))
    assert {row["part"]: row["case_count"] for row in told.iter_rows(named=True)} == count
    for row in told.iter_rows(named=True):
        some = left[row["part"]]
        lost = [each for each in some if each["prescription_on"] and each["prescription_on"] <= UNTIL]
        assert (row["needed_hours"], row["undone_count"], row["undone_yen"], row["lost_count"], row["lost_yen"]) == (
            math.ceil(needed[row["part"]] / 60), len(some), sum(each["unpaid_yen"] - each["suspended_yen"] for each in some), len(lost),
            sum(each["prescription_yen"] for each in lost)), row
    by_district = ask(user, "plan_capacity", dimension="地区", district=None, until=UNTIL, percent=percent, queues=list(minutes), minutes=list(minutes.values()),
                      areas=list(hours), hours=list(hours.values()))
    assert by_district["undone_yen"].sum() == told["undone_yen"].sum()
    assert (told["undone_count"].sum() == told["case_count"].sum()) == (percent == 0)


@READERS
def test_progress_to_the_target(city, rows, user):
    year, rates = 2026, {("市計", "現年"): Decimal("95.20"), ("市計", "滞繰"): Decimal("21.07"), ("D02", "現年"): Decimal("99.99")}
    found = ask(user, "plan_progress", fiscal_year=year, areas=[area for area, _ in rates], classes=[each for _, each in rates], rates=[str(rate) for rate in rates.values()])
    sums: dict[tuple, Counter] = defaultdict(Counter)
    before: dict[tuple, Counter] = defaultdict(Counter)
    for row in rows.derived("rate_cube"):
        for area in ("市計", row["district_code"]) if row["fiscal_year"] == year - 1 else ():
            before[area, row["year_class"]].update(assessed=row["assessed_yen"], received=row["received_yen"] - row["refund_due_yen"], same=row["received_same_day_yen"],
                                                       then=row["assessed_same_day_yen"])
        if row["fiscal_year"] == year:
            for area in ("市計", row["district_code"]):
                sums[area, row["year_class"]].update(assessed=row["assessed_yen"], received=row["received_yen"], refund=row["refund_due_yen"])
    told = {(row["area"], row["year_class"]): row for row in found.iter_rows(named=True)}
    assert told.keys() == {key for key, each in sums.items() if each["assessed"] and (key[0] == "市計" or not user.districts or key[0] in user.districts)}
    for key, row in told.items():
        target = rates.get(key, rates["市計", key[1]])
        figures = Figures(sums[key]["assessed"], sums[key]["received"] - sums[key]["refund"])
        assert (row["assessed_yen"], row["received_yen"], row["refund_due_yen"], row["target_rate"]) == (figures.assessed_yen, sums[key]["received"], sums[key]["refund"], target)
        assert row["same_day_rate"] == rate(row["received_yen"], row["assessed_yen"]), "the amount beside the rate is what the rate is made of"
        first = before[key]
        then, whole = (first[part] * 100 / Decimal(first[of]) if first[of] else None for part, of in (("same", "then"), ("received", "assessed")))
        cents = [None if each is None else each.quantize(Decimal("0.01"), ROUND_HALF_UP) for each in (then, whole)]
        assert [row["rate_before"], row["final_rate_before"]] == cents, key
        if cents[0] and cents[1]:
            assert abs(row["pace_rate"] - target * cents[0] / cents[1]) <= Decimal("0.005"), key
        assert row["to_target_yen"] == max(0, math.ceil(figures.assessed_yen * target / 100) - figures.received_yen)
        assert Decimal(100 * (figures.received_yen + row["to_target_yen"])) >= target * figures.assessed_yen
