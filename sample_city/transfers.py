"""口座振替: what the banks answered, attempt by attempt; the results of the last two levy years are kept."""

import numpy as np
import polars as pl

from sample_city.assessment import Bills
from sample_city.clock import LEVY_YEARS, NEVER
from sample_city.payment import TRANSFER
from sample_city.people import Draw
from sample_city.receipts import Receipts
from sample_city.words import pick

RESULTS = {"0": "振替済", "1": "資金不足", "2": "預金取引なし", "3": "預金者の都合による振替停止",
           "4": "預金口座振替依頼書なし", "8": "委託者の都合による振替停止", "9": "その他"}
FAILURES = np.array([1, 2, 3, 4, 6])  # places in RESULTS
FAILURE_SHARES = [0.82, 0.06, 0.04, 0.05, 0.03]
BY_ACCOUNT, KEPT_YEARS, ANSWERED_IN = 1, 2, 3


def recent(bills: Bills) -> np.ndarray:
    """Installments of the levy years whose payments are still kept one by one."""
    return bills.year[bills.notice] >= LEVY_YEARS - KEPT_YEARS


def first_paid_on(bills: Bills, paid: Receipts) -> np.ndarray:
    """The day of the first receipt by installment; NEVER without one."""
    found = np.full(bills.notice.size, NEVER)
    np.minimum.at(found, paid.at, paid.received)
    return found


def next_weekday(days: np.ndarray) -> np.ndarray:
    """The same days, those of a weekend moved to Monday."""
    return np.busday_offset(np.asarray(days).astype("datetime64[D]"), 0, roll="forward").astype(np.int64)


def transfer_table(draw: Draw, bills: Bills, paid: Receipts, numbers: np.ndarray) -> pl.DataFrame:
    """Paid by account = one good attempt; the other installments of such households failed once, some of them twice."""
    last, mine = draw.clock.last, recent(bills)
    done = np.flatnonzero((paid.channel == TRANSFER) & mine[paid.at])
    owed = np.where(bills.corrected_on <= bills.due, bills.owed, bills.before.sum(axis=1))
    asked = mine & (bills.method[bills.notice] == BY_ACCOUNT) & (bills.due <= last) & (owed > 0)
    asked &= bills.due >= bills.notified_on[bills.notice] + 3
    asked[paid.at[done]] = False
    failed = np.flatnonzero(asked)
    code = draw.random.choice(FAILURES, failed.size, p=FAILURE_SHARES)
    again_on = next_weekday(bills.due[failed] + 14)
    again = (code == 1) & draw.chance(0.6, failed.size) & (again_on <= last) & (first_paid_on(bills, paid)[failed] > again_on)
    at = np.concatenate([paid.at[done], failed, failed[again]])
    on = np.concatenate([paid.received[done], bills.due[failed], again_on[again]])
    result = np.concatenate([np.zeros(done.size, dtype=np.int64), code, np.ones(int(again.sum()), dtype=np.int64)])
    return pl.DataFrame({
        "notice_number": numbers[bills.notice[at]], "installment_no": bills.no[at] + 1,
        "attempt_no": np.repeat([1, 1, 2], [done.size, failed.size, int(again.sum())]), "transfer_on": on,
        "transfer_yen": np.concatenate([paid.principal[done], owed[failed], owed[failed[again]]]),
        "result_code": pick(list(RESULTS), result), "transfer_result": pick(list(RESULTS.values()), result),
        "from_day": np.concatenate([paid.booked[done], on[done.size:] + ANSWERED_IN])})
