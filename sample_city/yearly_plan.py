"""The demo's 徴収計画: last year's rates and half a point more, proposed by the 係長 and approved by the 課長, as two people would."""

import uuid
from datetime import date
from decimal import Decimal

from auth.access import User
from casework import collection_plan
from casework.collection_plan import CITY, Campaign, Plan
from data_access.query import ask
from law.fiscal_year import fiscal_year

MORE = Decimal("0.50")
HOURS = 24  # a month and district: too few, as everywhere
CAMPAIGNS = (("秋の一斉催告", "接触なし", 10, 11), ("年末の高額滞納の調査", "高額", 11, 12), ("時効の総点検", "時効間近", 4, 12))


def write_plan(proposer: User, approver: User, today: date) -> None:
    """Write this year's plan into the ledger unless one holds. Raises as casework.collection_plan."""
    year = fiscal_year(today)
    if collection_plan.approved(year):
        return
    before = ask(proposer, "plan_progress", fiscal_year=year, areas=[], classes=[], rates=[])
    targets = {(row["area"], row["year_class"]): min(row["final_rate_before"] + MORE, Decimal(100)) for row in before.iter_rows(named=True)
               if row["final_rate_before"] and not row["area"].startswith(("S", "Z"))}
    if {(CITY, each) for each in collection_plan.CLASSES} - targets.keys():
        return  # a city too small to have a year before
    usual = collection_plan.first(year, sorted({area for area, _ in targets} - {CITY}))
    campaigns = tuple(Campaign(name, queue, date(year, first, 1), date(year, last, 1)) for name, queue, first, last in CAMPAIGNS)
    plan = Plan(year, usual.no_contact_days, targets, dict.fromkeys(usual.hours, HOURS), usual.minutes, campaigns)
    proposal = collection_plan.propose(proposer, plan, reason="前年度の率に0.5ポイントを足した。", event_id=str(uuid.uuid4()), expected_version=0, today=today)
    collection_plan.approve(approver, proposal_id=proposal.event_id, event_id=str(uuid.uuid4()), today=today)
