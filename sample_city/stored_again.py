"""The stored 時効の日 of installments that a 猶予, a 催告, an agreement or a returned 督促 touches: asked of the law again, with every event on record."""

from collections.abc import Iterator
from datetime import date

import numpy as np
import polars as pl

from law.grace_ground import effect, span
from law.prescription import Event, explain
from law.prescription_event import demanded
from law.service import Letter, Mail
from sample_city.assessment import Bills
from sample_city.clock import NEVER, date_of, number
from sample_city.stored import Stored

Key = tuple[int, int]
SCOPES = (("installment_plan", "plan_number", "installment_plan_scope"), ("disposition", "disposition_number", "disposition_installment"),
          ("grace", "grace_number", "grace_installment"), ("document", "document_number", "document_installment"))


def reckon_again(stored: Stored, bills: Bills, numbers: np.ndarray, tables: dict[str, pl.DataFrame], last: int) -> None:
    """Set `stored.until` of every installment of a block that 猶予 or papers touch to what the law says on `last` (in place)."""
    touched = touched_by(tables, "grace_installment", "document_installment", "returned_mail")
    place = np.searchsorted(numbers, touched["notice_number"].to_numpy())
    wanted = dict(zip(zip(place.tolist(), (touched["installment_no"].to_numpy() - 1).tolist(), strict=True), touched.iter_rows(), strict=True))
    own = {int(at): wanted[key] for at in np.flatnonzero(np.isin(bills.notice, place)).tolist()
           if (key := (int(bills.notice[at]), int(bills.no[at]))) in wanted}
    ends = completions(tables, {key: int(bills.due[at]) for at, key in own.items()}, touched, last)
    for at, key in own.items():
        stored.until[at] = ends[key]


def touched_by(tables: dict[str, pl.DataFrame], *scopes: str) -> pl.DataFrame:
    """通知書番号 and 期別 of what the named scope tables are about, each once."""
    return pl.concat([tables[name].select("notice_number", "installment_no") for name in scopes], how="vertical_relaxed").drop_nulls().unique()


def completions(tables: dict[str, pl.DataFrame], due: dict[Key, int], touched: pl.DataFrame, last: int) -> dict[Key, int]:
    """The last day of the 時効 of each installment of `due`, as known on `last`, from every event in `tables`."""
    events: dict[Key, list[Event]] = {key: [] for key in touched.iter_rows()}
    for key, event in _events(tables, touched, date_of(last)):
        if number(event.happened_on) <= last:
            events[key].append(event)
    return {key: number(explain(date_of(day), "料", events[key], date_of(last)).completes_on) for key, day in due.items()}


def _events(tables: dict[str, pl.DataFrame], touched: pl.DataFrame, as_of: date) -> Iterator[tuple[Key, Event]]:
    mail: dict[Key, list[Mail]] = {}
    back = tables["returned_mail"].filter(pl.col("mail_kind") == "督促状") if "returned_mail" in tables else pl.DataFrame()
    for row in back.iter_rows(named=True):
        days = (_day(row[name]) for name in ("resent_on", "served_on"))
        mail.setdefault(_key(row), []).append(Mail(date_of(row["sent_on"]), date_of(row["returned_on"]), row["returned_reason"], *days))
    sent = _about(tables["demand"].filter(pl.col("withdrawn_on") == NEVER), touched).sort("history_number")
    for row in sent.unique(["notice_number", "installment_no"], keep="last").iter_rows(named=True):
        letter = Letter(date_of(row["issued_on"]), date_of(row["designated_deadline"]), _day(row["returned_on"]), tuple(mail.get(_key(row), ())))
        if event := demanded([letter], as_of):
            yield _key(row), event
    for table, key, scope in SCOPES:
        joined = _about(tables[scope], touched).join(tables[table], on=key)
        for row in joined.iter_rows(named=True):
            yield from ((_key(row), event) for event in EVENTS[table](row))


def _about(rows: pl.DataFrame, touched: pl.DataFrame) -> pl.DataFrame:
    return rows.join(touched, on=["notice_number", "installment_no"], how="semi")


def _key(row: dict) -> Key:
    return row["notice_number"], row["installment_no"]


def _day(day: int):
    return None if day >= NEVER else date_of(day)


def _of_plan(row: dict) -> Iterator[Event]:
    yield Event("承認", date_of(row["pledged_on"]), is_confirmed=bool(row["is_written"]))


def _of_disposition(row: dict) -> Iterator[Event]:
    kind = "差押" if row["disposition_kind"] == "差押" else "交付要求"
    yield Event(kind, date_of(row["took_effect_on"]), _day(row["ended_on"]), row["end_reason"])


def _of_grace(row: dict) -> Iterator[Event]:
    runs_to, _ = span(date_of(row["from_date"]), date_of(row["to_date"]), _day(row["cancelled_on"]), _day(row["cancelling_fact_on"]))
    if runs_to:
        yield Event(effect(row["grace_kind"], row["ground"], date_of(row["from_date"])).event_kind, date_of(row["from_date"]), runs_to)
    if row["applied_on"] < NEVER:
        yield Event("承認", date_of(row["applied_on"]), is_confirmed=bool(row["is_acknowledged"]))


def _of_document(row: dict) -> Iterator[Event]:
    if row["document_kind"] == "協議合意書":
        yield Event("協議", date_of(row["drawn_up_on"]), _day(row["refused_on"]), deadline=_day(row["deadline"]))
    elif row["is_reminder"] and row["dispatched_on"] < NEVER and row["undelivered_on"] >= NEVER:
        yield Event("催告", date_of(row["dispatched_on"]))


EVENTS = {"installment_plan": _of_plan, "disposition": _of_disposition, "grace": _of_grace, "document": _of_document}
