"""The stories' rows of the tables that officers and 国保 keep beside the money: 猶予, papers, assets, heirs, cards."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sample_city.clock import NEVER, Clock
from sample_city.receipts import safe_number

RECORDS = 9_700_000_000  # other numbers than the persons', so that a leaked 宛名番号 is told from a record
Row = tuple[str, dict]


@dataclass
class Told:
    """One story with its numbers: `unpaid` and `seized` are (通知書番号, 期別) of what is open, and of what a 取立 paid."""

    story: dict
    clock: Clock
    head: int
    unpaid: list[dict]
    seized: list[dict]
    seized_receipts: list[int]

    @property
    def key(self) -> dict[str, int]:
        return {"atena_number": self.head}

    @property
    def number(self) -> int:
        return RECORDS + self.story["no"] * 10

    def before(self, days: int) -> int:
        """The day so many days before the full feed."""
        return self.clock.first - days


def receipt_number_of(story: dict, back: int, no: int) -> int:
    """収納番号 of a story's installment."""
    return int(safe_number(np.array([99_000_000_000 + (story["no"] * 10 - back) * 100 + no]))[0])


def rows(told: Told) -> Iterator[Row]:
    """Every row, as (table, row)."""
    story = told.story
    yield "caseload", told.key | {"caseload_number": told.number, "section": "収納推進課", "in_charge": "秋庭",
                                  "from_date": told.before(200), "to_date": NEVER}
    yield from _cards(told)
    if "grace" in story:
        yield from _grace(told, story["grace"])
    for place, days in enumerate(story.get("reminders", [])):
        yield from _document(told, place, "催告書", days, told.unpaid, is_reminder=1, deadline=told.before(days) + 14)
    if "seizure" in story:
        yield from _seizure(told, story["seizure"])
    if "heirs" in story:
        yield from _heirs(told, story["heirs"])
    if "suspension" in story:
        yield from _suspension(told, story["suspension"])
    yield from _desk(told)


def _document(told: Told, place: int, kind: str, days: int, scope: list[dict], **more: int) -> Iterator[Row]:
    document, day = {"document_number": told.number + place}, told.before(days)
    plain = {"is_reminder": 0, "drawn_up_on": day, "dispatched_on": day, "deadline": NEVER, "undelivered_on": NEVER, "refused_on": NEVER}
    yield "document", told.key | document | {"document_kind": kind} | plain | more
    for row in scope:
        yield "document_installment", document | row


def _grace(told: Told, grace: dict) -> Iterator[Row]:
    number, day = {"grace_number": 99_000_000 + told.story["no"]}, told.before(grace["days"])
    yield "grace", told.key | number | {
        "grace_kind": grace["kind"], "ground": grace["ground"], "applied_on": day - 10, "is_acknowledged": 1, "granted_on": day,
        "from_date": day, "to_date": day + grace["length"] - 1, "cancelling_fact_on": NEVER, "cancelled_on": NEVER}
    for row in told.unpaid:
        yield "grace_installment", number | row | {"deferred_yen": told.story["yen"]}
    yield from _document(told, 0, "猶予通知書", grace["days"], [])


def _seizure(told: Told, seizure: dict) -> Iterator[Row]:
    """A bank account collected: two installments paid to the yen; then land, whose first sale found no buyer."""
    story, ended, yen = told.story, told.before(seizure["ended_days"]), told.story["yen"]
    bank, land = 99_000_000 + story["no"], 99_100_000 + story["no"]
    took = told.before(seizure["days"])
    for number, kind, asset, on, off, scope in ((bank, "取立", "預金", took, ended, told.seized + told.unpaid),
                                                (land, None, "不動産", ended + 10, NEVER, told.unpaid)):
        yield "disposition", told.key | {"disposition_number": number, "disposition_kind": "差押", "asset_kind": asset,
                                         "took_effect_on": on, "ended_on": off, "end_reason": kind}
        for row in scope:
            yield "disposition_installment", {"disposition_number": number, "claimed_yen": yen} | row
    for place, (row, receipt) in enumerate(zip(told.seized, told.seized_receipts, strict=True)):
        yield "allocation", row | {"allocation_number": told.number + place, "disposition_number": bank, "receipt_number": receipt,
                                   "allocated_on": ended + 2, "principal_yen": yen, "charge_yen": 0, "fee_yen": 0}
    yield from _document(told, 0, "差押調書", seizure["days"], [])
    yield from _document(told, 1, "配当計算書", seizure["ended_days"], [])
    yield from _bank(told, bank, yen * len(told.seized))
    yield from _land(told, land, ended)


def _bank(told: Told, disposition: int, yen: int) -> Iterator[Row]:
    asset, party = {"asset_number": told.number}, {"party_number": told.number}
    yield "asset", told.key | asset | {"asset_kind": "預金", "found_on": told.before(told.story["seizure"]["days"] + 20),
                                       "disposition_number": disposition, "appraised_yen": yen, "asset_state": "換価済"}
    yield "asset_item", asset | {"item_no": 1, "holder_name": "いなば銀行 本店営業部", "description": "普通預金の払戻請求権", "item_yen": yen}
    yield "interested_party", asset | party | {"party_kind": "第三債務者", "party_name": "いなば銀行 本店営業部", "party_address": None,
                                               "notified_on": told.before(told.story["seizure"]["days"])}
    yield "interested_party_item", party | {"item_no": 1, "claim_kind": "第三債務", "claim_yen": yen, "ranked_on": NEVER}


def _land(told: Told, disposition: int, day: int) -> Iterator[Row]:
    asset, sale = {"asset_number": told.number + 1}, {"sale_plan_number": 99_000_000 + told.story["no"]}
    yield "asset", told.key | asset | {"asset_kind": "不動産", "found_on": day, "disposition_number": disposition,
                                       "appraised_yen": 300_000, "asset_state": "処分中"}
    yield "asset_item", asset | {"item_no": 1, "holder_name": "鳥取県いなば市湖山町東", "description": "土地 山林 98.00平方メートル",
                                 "item_yen": 300_000}
    yield "right_holder", asset | {"holder_no": 1, "holder_name": told.story["name"].split(":")[0], "right_kind": "所有者",
                                   "share_numerator": 1, "share_denominator": 1}
    yield "public_sale_plan", asset | sale | {"planned_on": day + 50, "estimated_yen": 240_000, "plan_state": "実施"}
    yield "public_sale", sale | {"sale_number": 99_000_000 + told.story["no"], "disposition_number": disposition, "sale_method": "入札",
                                 "announced_on": day + 40, "held_on": day + 50, "result": "不調", "sold_yen": None}


def _heirs(told: Told, heirs: list[list]) -> Iterator[Row]:
    """相続人 in the order of the household's members, each with an equal share of every open installment, or none where all renounced."""
    renounced_on = told.before(told.story["renounced_days"]) if "renounced_days" in told.story else NEVER
    died, names = told.before(told.story["state_days"]), [name.split(":")[0] for name in (told.story["name"], *told.story["members"])]
    register = {"registered_domicile": "鳥取県いなば市本町1丁目", "head_name": names[0], "obtained_on": died + 30}
    yield "family_register", told.key | register | {"entry_no": 1, "member_name": names[0], "relation": "夫", "event": "死亡", "event_on": died}
    for place, (relation, standing) in enumerate(heirs, start=1):
        heir = told.key | {"heir_no": place}
        yield "heir", heir | {"heir_atena_number": told.head + place, "name": names[place], "relation": relation,
                              "share_numerator": int(renounced_on == NEVER), "share_denominator": len(heirs), "renounced_on": renounced_on}
        yield "family_register", told.key | register | {"entry_no": place + 1, "member_name": names[place], "relation": standing,
                                                        "event": "在籍", "event_on": NEVER}
        for row in told.unpaid if renounced_on == NEVER else ():
            yield "succession", heir | row | {"succeeded_yen": told.story["yen"] // len(heirs), "succession_notified_on": died + 60}
    if renounced_on < NEVER:
        return
    yield "court_case", told.key | {
        "court_case_number": 99_000_000 + told.story["no"], "disposition_number": None, "court_name": "鳥取家庭裁判所いなば支部",
        "docket": f"令和8年（家）第{told.story['no']}号", "case_kind": "相続財産清算", "opened_on": died + 90, "claim_deadline": NEVER, "closed_on": NEVER}
    yield from _document(told, 0, "承継通知書", told.story["state_days"] - 60, [])


def _suspension(told: Told, suspension: dict) -> Iterator[Row]:
    """執行停止 of everything that is open, and its 通知."""
    number, day = {"suspension_number": 99_000_000 + told.story["no"]}, told.before(suspension["days"])
    yield "suspension", told.key | number | {"ground": suspension["ground"], "decided_on": day, "cancelled_on": NEVER}
    for row in told.unpaid:
        yield "suspension_installment", number | row
    yield from _document(told, 1, "停止通知書", suspension["days"], [])


def _desk(told: Told) -> Iterator[Row]:
    """付箋, the next promise, the cheque for it, and what was told at length."""
    if "tag" in told.story:
        yield "tag", told.key | {"tag_number": told.number, "section": "収納推進課", "tag_kind": told.story["tag"], "remark": None,
                                 "from_date": told.before(60), "to_date": NEVER}
    if "detail_line" in told.story:
        yield "negotiation_note_detail", {"note_number": RECORDS + told.story["no"], "line_no": 1, "topic": "収支",
                                          "detail": told.story["detail_line"]}
    promised = [(days, yen) for days, yen, is_paid in told.story.get("plan", {}).get("parts", []) if days < 0 and not is_paid]
    for days, yen in promised[:1]:
        on = told.before(days)
        yield "schedule", told.key | {"schedule_number": told.number, "scheduled_on": on, "schedule_kind": "納付約束", "promised_yen": yen,
                                      "done_on": NEVER, "in_charge": "秋庭"}
        yield "entrusted_security", told.key | {
            "security_number": told.number, "security_kind": "小切手", "payer_bank": "いなば銀行 本店営業部", "face_yen": yen,
            "entrusted_on": told.before(5), "payable_on": on, "outcome": None, "cleared_on": NEVER, "receipt_number": None}


def _cards(told: Told) -> Iterator[Row]:
    """資格確認書 of everyone insured now; with 特別療養費 where it was decided."""
    if not told.story["current_year"]:
        return
    day = int(told.clock.due[-1, 0]) + 32
    special = told.story.get("special_days")
    papers = [("資格確認書", "年次更新", day)] + ([("資格確認書（特別療養費）", "特別療養費", told.before(special))] if special else [])
    for place in range(1 + len(told.story["members"])):
        for issue, (kind, reason, on) in enumerate(papers, start=1):
            issued = {"atena_number": told.head + place, "card_kind": kind, "issued_on": on, "valid_until": day + 364}
            yield "insurance_card_history", issued | {"issue_no": issue, "issue_reason": reason, "returned_on": NEVER}
        yield "insurance_card", issued
    if special:
        yield "special_benefit", {
            "head_atena_number": told.head, "decision_no": 1, "notified_on": told.before(special + 45),
            "explanation_due": told.before(special + 24), "decided_on": told.before(special), "started_on": told.before(special),
            "ended_on": NEVER, "end_reason": None}
