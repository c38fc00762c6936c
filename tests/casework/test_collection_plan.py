"""徴収計画: what a plan must say, that two people make it hold, and that the newest approved one of a year does."""

import uuid
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from auth.access import NotAllowed
from casework import approval, collection_plan, ledger
from casework.approval import ApprovalRefused
from casework.collection_plan import CITY, PLAN, QUEUES, Campaign, Plan, approve, approved, first, of, propose
from pages.parts.wording import QUEUES as SHOWN
from tests.staff import CHIEF, MANAGER, STAFF

TODAY = date(2026, 10, 30)
TARGETS = {(CITY, "現年"): Decimal("95.20"), (CITY, "滞繰"): Decimal("21.00"), ("D01", "現年"): Decimal("96.05")}
WINTER = Campaign("年末の一斉催告", "接触なし", date(2026, 11, 1), date(2026, 12, 1))
GOOD = Plan(2026, 60, TARGETS, {"D01": 120, "D02": 0}, dict.fromkeys(QUEUES, 20), (WINTER,))


def new() -> str:
    return str(uuid.uuid4())


def proposed(plan=GOOD, user=CHIEF, event_id=None):
    return propose(user, plan, reason="前年度の率に0.5ポイントを足した。", event_id=event_id or new(), expected_version=ledger.version_of(PLAN.name), today=TODAY)


def test_a_plan_holds_when_another_person_has_approved_it(sqlite_file):
    assert approved(2026) is None
    proposal = proposed()
    assert approved(2026) is None
    assert of(proposal) == GOOD
    approve(MANAGER, proposal_id=proposal.event_id, event_id=new(), today=TODAY)
    assert approved(2026) == GOOD
    assert approved(2027) is None
    assert ledger.verify() is None


def test_the_newest_approved_plan_of_the_year_holds_and_a_declined_one_never(sqlite_file):
    for hours in (100, 140):
        proposal = proposed(replace(GOOD, hours={"D01": hours}))
        approve(MANAGER, proposal_id=proposal.event_id, event_id=new(), today=TODAY)
    declined = proposed(replace(GOOD, hours={"D01": 1}))
    approval.decline(MANAGER, PLAN, proposal_id=declined.event_id, event_id=new(), reason="時間が足りない。", today=TODAY)
    following = proposed(replace(GOOD, fiscal_year=2027, hours={"D01": 7}, campaigns=()))
    approve(MANAGER, proposal_id=following.event_id, event_id=new(), today=TODAY)
    assert approved(2026).hours == {"D01": 140}
    assert approved(2027).hours == {"D01": 7}


@pytest.mark.parametrize("user", STAFF, ids=lambda user: user.name)
def test_who_may_propose_and_who_may_approve(sqlite_file, user):
    if user is CHIEF:
        proposed(user=user)
    else:
        with pytest.raises(NotAllowed):
            proposed(user=user)
    proposal = proposed()
    if user is MANAGER:
        approve(user, proposal_id=proposal.event_id, event_id=new(), today=TODAY)
    else:
        with pytest.raises(NotAllowed):
            approve(user, proposal_id=proposal.event_id, event_id=new(), today=TODAY)
    assert (approved(2026) is not None) == (user is MANAGER)


def test_nobody_makes_a_plan_hold_alone(sqlite_file):
    proposal = proposed()
    promoted = type(CHIEF)(CHIEF.name, CHIEF.display_name, "manager", CHIEF.section)
    with pytest.raises(NotAllowed, match="自分の提案"):
        approve(promoted, proposal_id=proposal.event_id, event_id=new(), today=TODAY)
    ledger.append(event_id=new(), kind=PLAN.approval, subject=PLAN.name, expected_version=1, actor=CHIEF.name,
                  payload={"proposal": proposal.event_id, "officer_name": "x"}, occurred_on=TODAY)
    assert approved(2026) is None, "an approval by the proposer in the ledger does not count either"


@pytest.mark.parametrize(("change", "told"), [
    ({"fiscal_year": 2025}, "今年度か来年度"), ({"fiscal_year": 2028}, "今年度か来年度"),
    ({"no_contact_days": 13}, "14日から365日"), ({"no_contact_days": 366}, "14日から365日"),
    ({"targets": {}}, "市計の現年・滞繰の目標がありません"), ({"targets": {(CITY, "現年"): Decimal(95)}}, "市計の滞繰の目標"),
    ({"targets": TARGETS | {("D01", "滞繰"): Decimal("100.01")}}, "100までの率"), ({"targets": TARGETS | {("D01", "滞繰"): Decimal(0)}}, "100までの率"),
    ({"targets": TARGETS | {("D01", "滞繰"): Decimal("20.005")}}, "小数第2位"),
    ({"hours": {"D01": -1}}, "月の時間"), ({"hours": {"D01": 20_001}}, "月の時間"),
    ({"minutes": {}}, "1件の分数"), ({"minutes": dict.fromkeys(QUEUES, 601)}, "1件の分数"), ({"minutes": dict.fromkeys((*QUEUES, "ほか"), 1)}, "1件の分数"),
    ({"campaigns": (WINTER,) * 9}, "8件まで"), ({"campaigns": (replace(WINTER, name=" "),)}, "取組の名を入力"),
    ({"campaigns": (replace(WINTER, name="x" * 41),)}, "40 文字"), ({"campaigns": (replace(WINTER, name="123456789018"),)}, "個人番号"),
    ({"campaigns": (replace(WINTER, queue="ほか"),)}, "名簿を選んで"),
    ({"campaigns": (replace(WINTER, to_month=date(2026, 10, 1)),)}, "始まりが終わりより後"), ({"campaigns": (replace(WINTER, to_month=date(2027, 4, 1)),)}, "計画の年度のうち"),
])  # fmt: skip
def test_what_is_wrong_is_told_and_nothing_is_written(sqlite_file, change, told):
    with pytest.raises(ApprovalRefused, match=told):
        proposed(replace(GOOD, **change))
    assert ledger.last_seq() == 0


def test_a_reason_with_a_my_number_is_refused(sqlite_file):
    with pytest.raises(ApprovalRefused, match="個人番号"):
        propose(CHIEF, GOOD, reason="123456789018", event_id=new(), expected_version=0, today=TODAY)


def test_a_district_without_a_target_has_the_citys():
    assert GOOD.target("D01", "現年") == Decimal("96.05")
    assert GOOD.target("D02", "現年") == GOOD.target("D01", "滞繰") + Decimal("74.20") == Decimal("95.20")
    assert replace(GOOD, targets={}).target("D01", "現年") is None


def test_the_first_values_are_a_plan_but_for_its_targets(sqlite_file):
    start = first(2026, ["D01", "D02"])
    assert start.hours.keys() == {"D01", "D02"}
    with pytest.raises(ApprovalRefused) as refused:
        proposed(start)
    assert str(refused.value) == "市計の現年・滞繰の目標がありません。入力してください。"
    proposed(replace(start, targets=TARGETS))


def test_the_queues_are_those_of_the_worklist():
    assert tuple(SHOWN) == collection_plan.QUEUES
