"""The households of stories.toml as rows of the same tables, and the right answers about them."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from law.prescription import Event, Prescription, explain
from law.prescription_comparison import Reason
from law.prescription_event import demanded
from law.service import Letter
from sample_city import story_records
from sample_city.clock import INSTALLMENTS, NEVER, Clock, booking_year, date_of, is_business_day, number
from sample_city.employment import corporation_table
from sample_city.levy_basis import plain_basis
from sample_city.receipts import safe_number
from sample_city.relations import LATEST
from sample_city.slips import batch_number
from sample_city.stored_again import completions, touched_by
from sample_city.story_assets import INCOME_PER_YEN, asset_rows
from sample_city.story_records import RECORDS
from sample_city.story_residents import FIRST, head, residents
from sample_city.words import ward_table

YEN = 12_000


@dataclass(frozen=True)
class Answer:
    """What is true of one story at the business date 2026-10-30; yen are 本料, `queues` the worklists it belongs to,
    `duplicate` the 宛名番号 that a console should suspect to be the same person, and how strongly (強・中・弱), `write_off` the
    reason for which all of it is a candidate of 不納欠損."""

    atena_number: str
    line: str
    unpaid_yen: int
    open_installments: int
    oldest_due_date: date | None
    queues: tuple[str, ...]
    grounds: dict[str, str]
    is_protected: bool
    flash_yen: int
    refund_due_yen: int
    duplicate: tuple[str, str] | None = None
    write_off: str | None = None


@cache
def stories() -> list[dict]:
    """stories.toml, with defaults filled in."""
    usual = {"levy_years": 1, "unpaid": [], "paid_by_plan": [], "paid_by_seizure": [], "yen": YEN, "method": "納付書", "state": "現住",
             "members": [], "investigations": [], "stored": [], "returned": [], "queues": [], "grounds": {}, "is_demanded": True, "current_year": True, "age": 46}
    text = (Path(__file__).parent / "stories.toml").read_text(encoding="utf-8")
    told = [usual | story for story in tomllib.loads(text)["story"]]
    return [{"last_levy": 0 if story["current_year"] else -1} | story for story in told]


def answers(clock: Clock | None = None) -> list[Answer]:
    """The stated facts, story by story."""
    clock = clock or Clock(date(2026, 10, 30))
    return [Answer(
        str(head(story)), story["line"], story["yen"] * len(story["unpaid"]), len(story["unpaid"]),
        min((date_of(_due(clock, *at)) for at in story["unpaid"]), default=None), tuple(story["queues"]), story["grounds"],
        "protection" in story, story["yen"] if "flash_days" in story else 0, story["yen"] if "overpaid" in story else 0,
        (str(FIRST + story["duplicate"][0] * 10 + story["duplicate"][1]), story["duplicate"][2]) if "duplicate" in story else None, story.get("write_off"),
    ) for story in stories()]


def live(clock: Clock) -> Callable[[int, int | None], dict[str, pl.DataFrame]]:
    """The stories' rows, 地区割 and the employers: all on the day of the full feed, nothing later."""
    rows: dict[str, list[dict]] = {}
    for story in stories():
        for table, row in _rows(story, clock):
            rows.setdefault(table, []).append(row)
    frames = {table: pl.DataFrame(found, infer_schema_length=None) for table, found in rows.items()} | {
        "ward": ward_table(), "corporation_return": corporation_table(clock)}
    frames["installment"] = _again(clock, frames)
    return lambda day, since: frames if since is None else {"flash_receipt": frames["flash_receipt"]}


def _again(clock: Clock, frames: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """期別調定 with the stored dates of what 差押, 猶予 or papers touch asked of the law again; the planted ones stay."""
    installments, kept = frames["installment"], {(int(each.notice_number), int(each.installment_no)) for each in planted(clock)}
    touched = touched_by(frames, "grace_installment", "document_installment", "disposition_installment")
    rows = installments.join(touched, on=["notice_number", "installment_no"], how="semi").filter(pl.col("stored_unpaid_yen") > 0)
    due = {(notice, no): day for notice, no, day in rows.select("notice_number", "installment_no", "due_date").iter_rows()
           if (notice, no) not in kept}
    ends = completions(frames, due, touched, number(clock.feed_dates[0]))
    stored_on = installments.select("notice_number", "installment_no", "stored_prescription_2y_on").iter_rows()
    fresh = [ends.get((notice, no), on) for notice, no, on in stored_on]
    return installments.with_columns(stored_prescription_2y_on=pl.Series(fresh))


def _due(clock: Clock, back: int, no: int) -> int:
    return int(clock.due[len(clock.levy_years) - 1 + back, no - 1])


def _notice(clock: Clock, story: dict, back: int) -> int:
    return FIRST + story["no"] * 100 + (clock.levy_years[-1] + back) % 100


def _rows(story: dict, clock: Clock):
    """Every row of one story, as (table, row)."""
    yield from residents(story, clock)
    for back in range(1 - story["levy_years"], story["last_levy"] + 1):
        yield from _levy(story, clock, back)
        yield from _slips(story, clock, back)
        for no in range(1, INSTALLMENTS + 1):
            yield from _installment(story, clock, back, no)
    yield from _casework(story, clock)
    yield from asset_rows(story, clock, head(story))
    seized = story["paid_by_seizure"]
    yield from story_records.rows(story_records.Told(
        story, clock, head(story), _keys(story, clock, story["unpaid"]), _keys(story, clock, seized),
        [story_records.receipt_number_of(story, *at) for at in seized]))


def _keys(story: dict, clock: Clock, at: list[list[int]]) -> list[dict]:
    """通知書番号 and 期別 of [年度のさかのぼり, 期別] pairs."""
    return [{"notice_number": _notice(clock, story, back), "installment_no": no} for back, no in sorted(at)]


def _levy(story: dict, clock: Clock, back: int):
    year, total = clock.levy_years[-1] + back, story["yen"] * INSTALLMENTS
    total -= story["yen"] if story.get("overpaid", [None])[0] == back else 0
    yield "annual_assessment", {
        "notice_number": _notice(clock, story, back), "atena_number": head(story), "levy_kind": "料", "levy_year": year,
        "assessment_fiscal_year": year, "assessed_yen": total, "notified_on": _due(clock, back, 1) - 15, "payment_method": story["method"]}
    yield "nhi_levy", {"head_atena_number": head(story), "levy_year": year, "insured_count": 1 + len(story["members"]),
                       "income_yen": story["yen"] * INCOME_PER_YEN, "reduction_tenths": "0", **plain_basis(total), "levied_months": 12,
                       "relief_yen": 0, "collection_method": "普通徴収", "levied_yen": total}


def _installment(story: dict, clock: Clock, back: int, no: int):
    key = {"notice_number": _notice(clock, story, back), "installment_no": no}
    due, yen, year = _due(clock, back, no), story["yen"], clock.levy_years[-1] + back
    is_unpaid, is_overpaid = [back, no] in story["unpaid"], story.get("overpaid") == [back, no]
    paid_on = _paid_on(story, clock, back, no)
    is_paid = not is_unpaid and paid_on + 2 <= clock.first
    assessed = 0 if is_overpaid else yen
    medical, support = assessed * 7 // 10 // 100 * 100, assessed * 2 // 10 // 100 * 100
    yield "installment", key | {
        "due_date": due, "assessed_yen": assessed, "medical_yen": medical, "elderly_support_yen": support,
        "care_yen": assessed - medical - support, "child_support_yen": 0, "stored_received_yen": yen * is_paid,
        "stored_unpaid_yen": assessed - yen * is_paid + yen * is_overpaid, "forced_charge_yen": None, "fixed_charge_yen": None,
        **_stored(story, clock, back, no, assessed - yen * is_paid + yen * is_overpaid)}
    if story["method"] == "口座振替" and is_paid and back > -2:
        yield "account_transfer", key | {"attempt_no": 1, "transfer_on": paid_on, "transfer_yen": yen, "result_code": "0", "transfer_result": "振替済"}
    if is_paid:
        channel = "滞納処分" if [back, no] in story["paid_by_seizure"] else "口座振替" if story["method"] == "口座振替" else "コンビニ"
        yield "receipt", key | {
            "receipt_number": story_records.receipt_number_of(story, back, no), "receipt_kind": "収納", "channel": channel,
            "received_on": paid_on, "booked_on": paid_on + 2, "fiscal_year": _year(paid_on + 2, year), "principal_yen": yen,
            "charge_yen": 0, "fee_yen": 0}
    if is_overpaid:
        yield from _overpayment(story, key, due + 90, year)
    issued = _issue_day(due)
    if (is_unpaid or paid_on > due) and story["is_demanded"] and issued <= clock.first:
        back_on = issued + 8 if [back, no] in story["returned"] else NEVER
        yield "demand", key | {"issued_on": issued, "designated_deadline": issued + 10, "returned_on": back_on, "withdrawn_on": NEVER} | LATEST
        if back_on < NEVER:
            yield "returned_mail", key | {
                "returned_mail_number": RECORDS + story["no"], "atena_number": head(story), "mail_kind": "督促状", "sent_on": issued,
                "returned_on": back_on, "returned_reason": "あて所に尋ねあたりません", "investigated_on": back_on + 20,
                "investigation_result": "居所不明", "resent_on": NEVER, "public_notice_on": NEVER, "served_on": NEVER}
    if is_unpaid and "flash_days" in story:
        on = clock.first - story["flash_days"]
        yield "flash_receipt", key | {"flash_number": _safe(99_900_000_000 + story["no"]), "channel": "コンビニ", "paid_on": on,
                                      "paid_yen": yen, "from_day": on + 1, "until_day": NEVER}


def _overpayment(story: dict, key: dict, arose_on: int, year: int):
    yield "assessment_history", key | {"correction_number": 1, "corrected_on": arose_on, "before_yen": story["yen"], "after_yen": 0, "reason": "資格喪失"}
    yield "overpayment", key | {"overpayment_number": RECORDS + story["no"], "arose_on": arose_on, "fiscal_year": _year(arose_on, year),
                                "overpaid_yen": story["yen"], "settled_on": NEVER, "settled_yen": 0}


def _safe(number: int) -> int:
    return int(safe_number(np.array([number]))[0])


def _year(booked_on: int, assessed: int) -> int:
    return int(booking_year(np.array([booked_on]), np.array([assessed]))[0])


def _paid_on(story: dict, clock: Clock, back: int, no: int) -> int:
    """The due date, or the day of the 取立 or of the plan's part that paid this installment."""
    if [back, no] in story["paid_by_seizure"]:
        return clock.first - story["seizure"]["ended_days"]
    if [back, no] not in story["paid_by_plan"]:
        return _due(clock, back, no)
    days = story["plan"]["parts"][story["paid_by_plan"].index([back, no])][0]
    return clock.first - days


def _issue_day(due: int) -> int:
    day = due + 20
    while not is_business_day(date_of(day)):
        day -= 1
    return day


def _casework(story: dict, clock: Clock):
    key, no = {"atena_number": head(story)}, story["no"]
    if "contact_days" in story:
        yield "negotiation_note", key | {
            "note_number": RECORDS + no, "contacted_on": clock.first - story["contact_days"], "method": "電話", "direction": "発信",
            "counterpart": "同居家族" if story["state"] == "死亡" else "本人", "outcome": "相談継続",
            "body": f"現況を聞き取り、今後の納付について話した。（物語の世帯 {no}）", "officer_name": "秋庭"}
    for place, (target, days, result) in enumerate(story["investigations"]):
        yield "asset_investigation", key | {
            "investigation_number": RECORDS + no * 10 + place, "target": target, "asked_on": clock.first - days - 20,
            "answered_on": clock.first - days, "result": result, "is_confirmed": 1}
    if "detail" in story:
        kind, days = story["detail"]
        yield "delinquent_detail", key | {"detail_number": RECORDS + no, "detail_kind": kind, "started_on": clock.first - days,
                                          "ended_on": NEVER, "is_confirmed": 1}
    scope = _keys(story, clock, story["paid_by_plan"] + story["unpaid"])
    if "seized_days" in story:
        disposed = {"disposition_number": 99_000_000 + no}
        yield "disposition", key | disposed | {"disposition_kind": "差押", "asset_kind": "預金", "ended_on": NEVER, "end_reason": None,
                                               "took_effect_on": clock.first - story["seized_days"]}
        for row in scope:
            yield "disposition_installment", disposed | row | {"claimed_yen": story["yen"]}
    if "plan" in story:
        yield from _plan(story, clock, scope)


def _plan(story: dict, clock: Clock, scope: list[dict]):
    plan, key = story["plan"], {"plan_number": 99_000_000 + story["no"]}
    yield "installment_plan", key | {
        "atena_number": head(story), "pledged_on": clock.first - plan["days"], "is_written": 1,
        "planned_yen": sum(yen for _, yen, _ in plan["parts"]),
        "cancelled_on": clock.first - plan["cancelled_days"] if "cancelled_days" in plan else NEVER}
    for part, (days, yen, is_paid) in enumerate(plan["parts"], start=1):
        on = clock.first - days
        yield "installment_plan_part", key | {"part_no": part, "promised_on": on, "promised_yen": yen,
                                              "paid_on": on if is_paid else NEVER, "paid_yen": yen if is_paid else 0}
    for row in scope:
        yield "installment_plan_scope", key | row


def _slips(story: dict, clock: Clock, back: int):
    """開始期別, and the slips sent with the notice of the last two levy years."""
    notice, issued = {"notice_number": _notice(clock, story, back)}, _due(clock, back, 1) - 15
    yield "first_installment", notice | {"installment_no": 1, "installment_count": INSTALLMENTS}
    for no in range(1, INSTALLMENTS + 1) if story["method"] == "納付書" and back > -2 else ():
        due = _due(clock, back, no)
        yield "payment_slip", notice | {
            "installment_no": no, "issue_count": 1, "batch_number": int(batch_number(np.array([issued]), np.array([0]))[0]), "issued_on": issued,
            "principal_yen": story["yen"], "charge_yen": 0, "fee_yen": 0, "designated_deadline": due, "barcode_valid_until": due, "kind": 0}


@dataclass(frozen=True)
class Planted:
    """A 時効の日 that the source stores otherwise than the law says, on purpose, and the reason a console should name."""

    atena_number: str
    notice_number: str
    installment_no: str
    reason: str


def planted(clock: Clock | None = None) -> list[Planted]:
    """The answer key: every difference of the stored dates in the city."""
    clock = clock or Clock(date(2026, 10, 30))
    return [Planted(str(head(story)), f"{_notice(clock, story, back):010}", f"{no:02}", reason)
            for story in stories() for back, no, reason in story["stored"]]


def _stored(story: dict, clock: Clock, back: int, no: int, unpaid: int) -> dict:
    """The stored 時効 dates: the law's own, or what was planted."""
    found = _clock_of(story, clock, back, no)
    reason = next((reason for *at, reason in story["stored"] if at == [back, no]), None)
    on, five = number(found.completes_on), NEVER
    if reason == Reason.NOT_STORED:
        on = NEVER
    elif reason == Reason.OTHER_KIND:
        on, five = NEVER, on
    elif reason:
        on = {Reason.LATER_READING: number(found.later_reading_on), Reason.NOT_RENEWED: number(found.steps[0].completes_on),
              Reason.FIRST_DAY: on + 1, Reason.LATER: on + 200}[Reason(reason)]
    return {"stored_prescription_2y_on": on if unpaid else NEVER, "stored_prescription_5y_on": five}


def _clock_of(story: dict, clock: Clock, back: int, no: int) -> Prescription:
    due = _due(clock, back, no)
    issued, first = _issue_day(due), clock.feed_dates[0]
    back_on = date_of(issued + 8) if [back, no] in story["returned"] else None
    sent = [Letter(date_of(issued), date_of(issued + 10), back_on)] if story["is_demanded"] and issued <= clock.first else []
    events = [demanded(sent, first)] if sent else []
    if "plan" in story and [back, no] in story["paid_by_plan"] + story["unpaid"]:
        events.append(Event("承認", first - timedelta(days=story["plan"]["days"]), is_confirmed=True))
    if "seized_days" in story:
        events.append(Event("差押", first - timedelta(days=story["seized_days"])))
    return explain(date_of(due), "料", events, first)
