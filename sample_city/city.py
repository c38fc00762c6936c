"""The whole city: blocks of households lived through one after another, each dropping its rows into the day's feeds."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from sample_city import (
    assessment,
    cases,
    insured,
    letters,
    means,
    old_records,
    payment,
    pursuit,
    receipts,
    refunds,
    relations,
    slips,
    stored,
    stories,
    transfers,
)
from sample_city.assessment import Bills
from sample_city.clock import NEVER, Clock, number
from sample_city.closing import Totals, carried_of, month_end_arrears, monthly_of, year_end_arrears
from sample_city.feed import SYSTEMS, Feed, tables, visible
from sample_city.levy_basis import levy_table
from sample_city.old_block import settle_block
from sample_city.old_files import insurance_tables, old_tables
from sample_city.people import BLOCK, REMOVED, Draw, People, atena, settle
from sample_city.pursuit import WriteOffs
from sample_city.receipts import Receipts
from sample_city.refunds import Overpaid
from sample_city.residents import people_tables
from sample_city.stored import Stored
from sample_city.stored_again import reckon_again
from sample_city.words import pick

Tables = Callable[[int, int | None], dict[str, pl.DataFrame]]


@dataclass
class Money:
    """What decides the stored figures of a block on any day."""

    draw: Draw
    bills: Bills
    levy: insured.Levy
    spells: insured.Insured
    head: np.ndarray
    numbers: np.ndarray
    receipts: Receipts
    overpaid: Overpaid
    gone: WriteOffs
    stored: Stored


def live(draw: Draw, persons: int, totals: Totals) -> Tables:
    """One block from its first resident to the last day; returns its rows for a feed of (day, since), and adds to `totals`."""
    people = settle(draw, persons)
    spells = insured.insure(draw, people)
    levy = insured.levy(draw, people, spells)
    method, ready = payment.habits(draw, people, levy)
    bills = assessment.assess(draw, levy, spells, method)
    slots = payment.pay(draw, people, bills, ready)
    demands = pursuit.demand(draw, bills, slots, people.exit_state == REMOVED)
    expiry = pursuit.expire(bills, slots, demands)
    numbers = 1_000_000_000 + draw.block * 10_000_000 + np.arange(levy.household.size) * 3 + 1
    head = atena(draw, people.first)
    pursued = cases.pursue(draw, people, bills, slots, demands, expiry)
    once = paid = receipts.receive(draw, bills, slots, pursued.payments, demands.issued_on)
    overpaid = refunds.overpayments(draw, bills, paid)
    gone = pursuit.write_off(draw, bills, paid, pursued.expiry, pursued.extinct_on, pursued.extinct_reason)
    paid = refunds.with_refunds(draw, receipts.with_mistakes(draw, paid), overpaid)
    own = Draw(draw.random.spawn(1)[0], draw.clock, draw.block)  # a stream of its own: what came first stays as it was
    unpaid = _unpaid(bills, paid, gone, draw.clock.first)
    kept = stored.stored(own, bills, paid, demands, pursued, unpaid)
    money = Money(draw, bills, levy, spells, head, numbers, paid, overpaid, gone, kept)
    residents = people_tables(draw, people)
    lasting = residents | {
        "bank_account": _accounts(draw, people, residents["person"], bills, overpaid),
        "nhi_eligibility": insured.eligibility_table(draw, people, spells),
        "assessment_history": assessment.history_table(bills, numbers),
        "receipt": receipts.receipt_table(draw, bills, paid, numbers),
        "flash_receipt": receipts.flash_table(draw, bills, paid, numbers),
        "demand": pursuit.demand_table(bills, demands, numbers),
        "write_off": pursuit.write_off_table(bills, gone, numbers),
    } | old_records.case_tables(draw, people, bills, pursued, numbers, head) | means.mean_tables(draw, people, levy, spells) | {
        "first_installment": assessment.first_table(bills, numbers, _notified(money)),
        "account_transfer": transfers.transfer_table(own, bills, once, numbers),
        "payment_slip": slips.slip_table(own, bills, once, demands, numbers),
        "returned_mail": letters.returned_table(own, people, bills, demands, pursued, numbers, head),
        "reminder_hold": letters.hold_table(own, bills, demands, pursued, unpaid, numbers, head),
        "certificate_issue": letters.certificate_table(own, head),
        "suspense_receipt": letters.suspense_table(own, head, paid.at.size),
    }
    names = lasting["person"]["name"].head(people.household.size)
    block = settle_block(draw, people, bills, pursued, paid, gone, numbers, head, names)
    lasting |= old_tables(block, lasting["negotiation_note"]) | insurance_tables(block, spells)
    reckon_again(kept, bills, numbers, lasting, draw.clock.first)
    totals.add(lasting, year_end_arrears(money, totals), month_end_arrears(money, totals))
    return lambda day, since: lasting | figures(money, day, since)


def _accounts(draw: Draw, people: People, persons: pl.DataFrame, bills: Bills, overpaid: Overpaid) -> pl.DataFrame:
    """口座 of those who pay by 口座振替, and of those who were paid back."""
    pays = np.unique(bills.household[bills.method == assessment.METHODS.index("口座振替")])
    refunded = np.unique(bills.household[bills.notice[overpaid.at[overpaid.settled_on < NEVER]]])
    heads = persons.select("name", "name_kana")[people.first]  # a person's newest row comes first, in the order of the persons
    return relations.bank_table(draw.beside(), people, heads, pays, refunded)


def figures(money: Money, day: int, since: int | None) -> dict[str, pl.DataFrame]:
    """年調定, 期別調定, 過誤納 and 賦課 as they stood at the close of `day`, with the day of their last change."""
    bills, draw = money.bills, money.draw
    parts = assessment.amounts_on(bills, day)
    assessed = parts.sum(axis=1)
    size = assessed.size
    received = money.receipts.sum_on(day, size)
    due_back, written_off = _sum(money.overpaid, day, size), np.zeros(size, dtype=np.int64)
    seen = money.gone.day <= day
    written_off[money.gone.at[seen]] = money.gone.yen[seen]
    changed = _changed(money, day) if since is not None else _notified(money)[bills.notice]
    at = np.flatnonzero(changed > (-1 if since is None else since))
    notice = bills.notice[at]
    unpaid = (assessed - received + due_back - written_off)[at]
    installments = pl.DataFrame({
        "notice_number": money.numbers[notice], "installment_no": bills.no[at] + 1, "due_date": bills.due[at],
        "assessed_yen": assessed[at], **{name: parts[at, place] for place, name in enumerate(assessment.COMPONENTS)},
        "stored_received_yen": received[at], "stored_unpaid_yen": unpaid, **money.stored.columns(at, unpaid, day), "from_day": changed[at]})
    return {"installment": installments, **_annual(money, assessed, day, since),
            "overpayment": refunds.overpayment_table(draw, bills, money.overpaid, money.numbers, day)}


def _annual(money: Money, assessed: np.ndarray, day: int, since: int | None) -> dict[str, pl.DataFrame]:
    bills, levy, years = money.bills, money.levy, money.draw.clock.levy_years[0]
    total = np.zeros(bills.household.size, dtype=np.int64)
    np.add.at(total, bills.notice, assessed)
    changed = _notified(money)
    corrected = np.flatnonzero(bills.corrected_on <= day)
    np.maximum.at(changed, bills.notice[corrected], bills.corrected_on[corrected])
    at = np.flatnonzero(changed > (-1 if since is None else since))
    year, head = years + bills.year[at], money.head[bills.household[at]]
    return {
        "annual_assessment": pl.DataFrame({
            "notice_number": money.numbers[at], "atena_number": head, "levy_kind": pick(["料"], np.zeros(at.size, dtype=int)),
            "levy_year": year, "assessment_fiscal_year": year, "assessed_yen": total[at], "notified_on": bills.notified_on[at],
            "payment_method": pick(assessment.METHODS, bills.method[at]), "from_day": changed[at]}),
        "nhi_levy": pl.DataFrame({**levy_table(bills, levy, money.spells, years, money.head, at, total, day), "from_day": changed[at]})}


def _sum(overpaid: Overpaid, day: int, size: int) -> np.ndarray:
    """還付未済 by installment on `day` (yen)."""
    due_back = np.zeros(size, dtype=np.int64)
    open_ = (overpaid.arose_on <= day) & (overpaid.settled_on > day)
    due_back[overpaid.at[open_]] = overpaid.yen[open_]
    return due_back


def _unpaid(bills: Bills, paid: Receipts, gone: WriteOffs, day: int) -> np.ndarray:
    """True for the installments on which something is open in the books on the day of the full feed."""
    left = assessment.amounts_on(bills, day).sum(axis=1) - paid.sum_on(day, bills.notice.size)
    seen = gone.day <= day
    np.subtract.at(left, gone.at[seen], gone.yen[seen])
    return left > 0


def _notified(money: Money) -> np.ndarray:
    """The day a notice enters the feeds: its own when it falls on a difference, otherwise with the full feed (0)."""
    notified = money.bills.notified_on
    return np.where(notified > money.draw.clock.first, notified, 0)


def _changed(money: Money, day: int) -> np.ndarray:
    """The last day up to `day` on which a figure of each installment changed."""
    changed = _notified(money)[money.bills.notice]
    changed = np.where(money.bills.corrected_on <= day, money.bills.corrected_on, changed)
    for at, when in ((money.receipts.at, money.receipts.booked), (money.overpaid.at, money.overpaid.arose_on),
                     (money.overpaid.at, money.overpaid.settled_on), (money.gone.at, money.gone.day),
                     (np.arange(changed.size), money.stored.demanded_on)):
        np.maximum.at(changed, at, np.where(when <= day, when, 0))
    return changed


def build(inbox: Path, persons: int, seed: int, clock: Clock) -> dict[str, int]:
    """Write every feed of every day; returns the rows written by table. Prints progress."""
    started, counts = time.perf_counter(), dict.fromkeys((t for s in SYSTEMS for t in tables(s)), 0)
    feeds = [Feed(inbox, system, day, sequence, is_full=clock.is_full(day)) for sequence, day in enumerate(clock.feed_dates, start=1)
             for system in SYSTEMS if sequence == 1 or system != "tainou"]
    blocks = [min(BLOCK, persons - start) for start in range(0, persons, BLOCK)]
    totals, told = Totals(clock), stories.live(clock)
    rows = told(clock.first, None)
    totals.add(rows, carried_of(rows, totals), monthly_of(rows, totals))
    _deliver(feeds, told, clock, counts)
    for block, size in enumerate(blocks):
        draw = Draw(np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, persons, block]))), clock, block)
        _deliver(feeds, live(draw, size, totals), clock, counts)
        _say(f"{time.perf_counter() - started:6.1f} 秒　{block + 1}/{len(blocks)} 区画　累計 {sum(counts.values()):,} 行")
    city = totals.tables()
    _deliver(feeds, lambda day, since: city, clock, counts)
    written = sum(feed.close() for feed in feeds)
    _say(f"{time.perf_counter() - started:6.1f} 秒　完了　{sum(counts.values()):,} 行　{written / 2**20:,.0f} MiB　{inbox}")
    return counts


def _deliver(feeds: list[Feed], rows_of: Tables, clock: Clock, counts: dict[str, int]) -> None:
    for sequence, day in enumerate(clock.feed_dates, start=1):
        since = None if clock.is_full(day) else number(clock.feed_dates[sequence - 2])
        rows = rows_of(number(day), since)
        for feed in feeds:
            for table in feed.files if feed.day == day else ():
                if table in rows:
                    counts[table] += feed.append(table, visible(rows[table], number(day), since))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
