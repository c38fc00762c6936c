"""徴収計画: what a fiscal year is to bring in, with how many hours, in which campaigns. 係長 propose, 課長 approves; the ledger keeps it.

The newest approved plan of a year holds; every earlier one stays in the ledger.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from auth.access import User
from casework import approval, ledger
from casework.approval import ApprovalRefused, Matter, undeclined
from casework.ledger import Event
from law.fiscal_year import fiscal_year as year_of
from law.typed_text import text_errors

PLAN = Matter("collection_plan", "collection_plan.propose", "collection_plan.approve")
CITY, CLASSES = "市計", ("現年", "滞繰")
QUEUES = ("時効間近", "督促漏れ", "分納不履行", "速報あり", "高額", "時効経過", "返戻・居所不明", "接触なし", "新規")
MOST_HOURS, MOST_MINUTES, MOST_CAMPAIGNS, LONGEST_NAME = 20_000, 600, 8, 40
DAYS = (14, 365)


@dataclass(frozen=True)
class Campaign:
    """取組: a name, the 名簿 it works through, its first and last month (first days of months)."""

    name: str
    queue: str
    from_month: date
    to_month: date


@dataclass(frozen=True)
class Plan:
    """One year's plan. `targets`: (地区コード or 市計, 現年/滞繰) → percent, two decimals; a district without one has the city's.
    `hours`: 地区コード → officer-hours a month. `minutes`: 名簿 → minutes a case. `no_contact_days`: from when a case counts as left out."""

    fiscal_year: int
    no_contact_days: int
    targets: Mapping[tuple[str, str], Decimal]
    hours: Mapping[str, int]
    minutes: Mapping[str, int]
    campaigns: tuple[Campaign, ...] = ()

    def target(self, area: str, year_class: str) -> Decimal | None:
        """The target of a district, or the city's where it has none of its own."""
        return self.targets.get((area, year_class), self.targets.get((CITY, year_class)))


def propose(user: User, plan: Plan, *, reason: str, event_id: str, expected_version: int, today: date) -> Event:
    """Propose `plan`. Raises ApprovalRefused with everything that is wrong with it, and as approval.propose."""
    if wrong := list(_errors(plan, today)):
        raise ApprovalRefused("　".join(wrong))
    return approval.propose(user, PLAN, event_id=event_id, expected_version=expected_version, content=_content(plan), reason=reason, today=today)


def approve(user: User, *, proposal_id: str, event_id: str, today: date) -> Event:
    """Approve the newest proposal, as another person than the proposer. Raises as approval.approve."""
    return approval.approve(user, PLAN, proposal_id=proposal_id, event_id=event_id, today=today)


def approved(fiscal_year: int) -> Plan | None:
    """The plan of that year that holds; None before the first approval. Raises LedgerUnavailable."""
    happened = undeclined(PLAN, ledger.events_of(PLAN.name))
    agreed = {event.payload["proposal"]: event.actor for event in happened if event.kind == PLAN.approval}
    plans = [of(event) for event in happened if agreed.get(event.event_id, event.actor) != event.actor]
    return next((plan for plan in reversed(plans) if plan.fiscal_year == fiscal_year), None)


def of(proposal: Event) -> Plan:
    """The plan that a proposal holds."""
    said = proposal.payload
    return Plan(
        said["fiscal_year"], said["no_contact_days"],
        {(each["area"], each["year_class"]): Decimal(each["rate"]) for each in said["targets"]},
        dict(said["hours"]), dict(said["minutes"]),
        tuple(Campaign(each["name"], each["queue"], date.fromisoformat(each["from_month"]), date.fromisoformat(each["to_month"])) for each in said["campaigns"]),
    )  # fmt: skip


def first(fiscal_year: int, areas: Iterable[str]) -> Plan:
    """What a year starts from before any plan is approved: no targets, the usual hours and minutes of collection_plan.toml."""
    usual = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return Plan(fiscal_year, usual["no_contact_days"], {}, dict.fromkeys(areas, usual["hours"]), usual["minutes"])


def _content(plan: Plan) -> dict:
    return {
        "fiscal_year": plan.fiscal_year, "no_contact_days": plan.no_contact_days,
        "targets": [{"area": area, "year_class": year_class, "rate": f"{rate:.2f}"} for (area, year_class), rate in plan.targets.items()],
        "hours": dict(plan.hours), "minutes": dict(plan.minutes),
        "campaigns": [{"name": each.name, "queue": each.queue, "from_month": each.from_month.isoformat(), "to_month": each.to_month.isoformat()}
                      for each in plan.campaigns],
    }  # fmt: skip


def _errors(plan: Plan, today: date) -> Iterator[str]:
    if plan.fiscal_year not in (year_of(today), year_of(today) + 1):
        yield "計画の年度は、今年度か来年度にしてください。"
    if not DAYS[0] <= plan.no_contact_days <= DAYS[1]:
        yield f"接触なしとみる日数は、{DAYS[0]}日から{DAYS[1]}日までにしてください。"
    if missing := [each for each in CLASSES if (CITY, each) not in plan.targets]:
        yield f"市計の{'・'.join(missing)}の目標がありません。入力してください。"
    if any(not 0 < rate <= 100 or rate != round(rate, 2) for rate in plan.targets.values()):
        yield "目標は、0より大きく100までの率を、小数第2位までで入力してください。"
    if any(not 0 <= hours <= MOST_HOURS for hours in plan.hours.values()):
        yield f"月の時間は、0から{MOST_HOURS:,}までにしてください。"
    if plan.minutes.keys() != set(QUEUES) or any(not 0 <= minutes <= MOST_MINUTES for minutes in plan.minutes.values()):
        yield f"1件の分数は、すべての名簿について0から{MOST_MINUTES}までにしてください。"
    if len(plan.campaigns) > MOST_CAMPAIGNS:
        yield f"取組は{MOST_CAMPAIGNS}件までにしてください。"
    for each in plan.campaigns:
        yield from _of_campaign(each, plan.fiscal_year)


def _of_campaign(each: Campaign, fiscal_year: int) -> Iterator[str]:
    if not each.name.strip():
        yield "取組の名を入力してください。"
    yield from text_errors("取組の名", each.name, LONGEST_NAME)
    if each.queue not in QUEUES:
        yield "取組の名簿を選んでください。"
    if each.from_month > each.to_month or {year_of(each.from_month), year_of(each.to_month)} != {fiscal_year}:
        yield f"取組「{each.name[:LONGEST_NAME]}」の月は、計画の年度のうちで、始まりが終わりより後にならないようにしてください。"
