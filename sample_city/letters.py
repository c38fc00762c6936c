"""返戻 and what became of them, 催告停止, 証明書, 仮入金: the small records of the office's counter and mail."""

import numpy as np
import polars as pl

from sample_city.assessment import Bills
from sample_city.cases import Pursued
from sample_city.clock import NEVER
from sample_city.people import MOVED_OUT, REMOVED, Draw, People
from sample_city.pursuit import Demands
from sample_city.words import pick

MAIL = ["納入通知書", "督促状", "催告書"]
RETURNED = ["あて所に尋ねあたりません", "転居先不明", "保管期間経過", "受取拒否"]
FOUND = ["居住を確認", "新住所判明", "居所不明"]
HOLDS, GROUNDS = ["督促停止", "催告停止"], ["分納中", "納付相談中", "納付確認中", "居所調査中", "その他"]
CERTIFICATES, APPLICANTS = ["納付額証明書", "完納証明書"], ["本人", "同居家族", "代理人"]
SUSPENDED = ["納付書読取不能", "金額相違", "二重納付の疑い", "納付者不明"]
SERVED_AFTER = 7  # 地方税法20条の2第3項


def returned_table(draw: Draw, people: People, bills: Bills, demands: Demands, pursued: Pursued, numbers: np.ndarray,
                   head: np.ndarray) -> pl.DataFrame:
    """Every 督促状 that came back, and the 催告書 to households that moved away owing; what is not known by the first feed stays open."""
    at = np.flatnonzero(demands.returned_on < NEVER)
    gone = np.flatnonzero((people.exit_state == MOVED_OUT) & pursued.is_open & (people.exit_on < draw.clock.first - 60))
    home = np.concatenate([bills.household[bills.notice[at]], gone])
    sent = np.concatenate([demands.issued_on[at], people.exit_on[gone] + draw.days(20, 45, gone.size)])
    returned = np.concatenate([demands.returned_on[at], sent[at.size:] + draw.days(4, 12, gone.size)])
    is_lost, has_moved = people.exit_state[home] == REMOVED, people.exit_on[home] < sent
    reason = np.where(is_lost, 0, np.where(has_moved, 1, draw.random.choice(4, home.size, p=[0.1, 0.2, 0.6, 0.1])))
    result = np.where(is_lost, 2, np.where((reason == 1) | has_moved, 1, 0))
    looked = returned + draw.days(7, 35, home.size)
    told = _known(draw, looked, looked)
    notice, no = np.full(home.size, -1), np.full(home.size, -1)
    notice[:at.size], no[:at.size] = numbers[bills.notice[at]], bills.no[at] + 1
    return pl.DataFrame({
        "returned_mail_number": 6_000_000_000 + draw.block * 1_000_000 + np.arange(home.size), "atena_number": head[home],
        "notice_number": _or_empty(notice), "installment_no": _or_empty(no),
        "mail_kind": pick(MAIL, np.where(notice < 0, 2, 1)), "sent_on": sent, "returned_on": returned,
        "returned_reason": pick(RETURNED, reason), "investigated_on": told,
        "investigation_result": pick(FOUND, np.where(told < NEVER, result, -1)),
        "resent_on": _known(draw, np.where(result < 2, told + 3, NEVER), told),
        "public_notice_on": _known(draw, np.where(result == 2, told + 14, NEVER), told),
        "served_on": _known(draw, np.where(result == 2, told + 14 + SERVED_AFTER, NEVER), told), "from_day": returned})


def _known(draw: Draw, day: np.ndarray, after: np.ndarray) -> np.ndarray:
    """`day` where it and what it follows had come by the first feed."""
    return np.where((day < draw.clock.first) & (after < NEVER), day, NEVER)


def _or_empty(number: np.ndarray) -> pl.Series:
    return pl.Series(number).set(pl.Series(number < 0), None)


def hold_table(draw: Draw, bills: Bills, demands: Demands, pursued: Pursued, unpaid: np.ndarray, numbers: np.ndarray,
               head: np.ndarray) -> pl.DataFrame:
    """催告停止 while a plan runs or a talk goes on; 督促停止 of half the installments whose 督促 was held back."""
    plans, first = pursued.plans, draw.clock.first
    talks = np.flatnonzero(pursued.is_open & draw.chance(0.02, head.size))
    held = np.flatnonzero(unpaid & (demands.issued_on == NEVER) & (bills.due < first - 30) & draw.chance(0.5, unpaid.size))
    sizes = [plans.household.size, talks.size, held.size]
    home = np.concatenate([plans.household, talks, bills.household[bills.notice[held]]])
    ended = np.concatenate([plans.cancelled_on, np.full(talks.size, NEVER), bills.due[held] + 28])
    notice, no = np.full(home.size, -1), np.full(home.size, -1)
    notice[home.size - held.size:], no[home.size - held.size:] = numbers[bills.notice[held]], bills.no[held] + 1
    return pl.DataFrame({
        "hold_number": 2_000_000_000 + draw.block * 1_000_000 + np.arange(home.size), "atena_number": head[home],
        "notice_number": _or_empty(notice), "installment_no": _or_empty(no), "hold_kind": pick(HOLDS, np.repeat([1, 1, 0], sizes)),
        "hold_reason": pick(GROUNDS, np.repeat([0, 1, 2], sizes)), "ended_on": ended,
        "started_on": np.concatenate([plans.pledged_on, first - draw.days(5, 90, talks.size), bills.due[held] + 7])})


def certificate_table(draw: Draw, head: np.ndarray) -> pl.DataFrame:
    """証明書発行履歴 of the last two years, about one household in fifty."""
    home = np.flatnonzero(draw.chance(0.02, head.size))
    issued = np.sort(draw.random.integers(draw.clock.first - 700, draw.clock.last + 1, home.size))
    return pl.DataFrame({
        "certificate_number": 4_000_000_000 + draw.block * 1_000_000 + np.arange(home.size), "atena_number": head[home],
        "certificate_kind": pick(CERTIFICATES, draw.random.choice(2, home.size, p=[0.8, 0.2])),
        "levy_year": draw.clock.levy_years[-1] - draw.days(1, 2, home.size), "issued_on": issued,
        "copy_count": draw.random.choice([1, 1, 1, 2], home.size),
        "applicant": pick(APPLICANTS, draw.random.choice(3, home.size, p=[0.85, 0.1, 0.05])), "from_day": issued})


def suspense_table(draw: Draw, head: np.ndarray, receipt_count: int) -> pl.DataFrame:
    """仮入金 of the last ten months, a few to ten thousand receipts; most were settled within weeks."""
    count = 3 + receipt_count // 4_000
    received = draw.random.integers(draw.clock.first - 300, draw.clock.first, count)
    booked = received + draw.days(1, 5, count)
    settled = booked + draw.days(7, 60, count)
    settled = np.where(settled < draw.clock.first, settled, NEVER)
    known = np.where(draw.chance(0.5, count) & (settled < NEVER), head[draw.random.integers(0, head.size, count)], -1)
    return pl.DataFrame({
        "suspense_number": 6_000_000_000 + draw.block * 1_000_000 + np.arange(count),
        "channel": pick(["窓口", "コンビニ", "ペイジー"], draw.random.integers(0, 3, count)), "received_on": received,
        "booked_on": booked, "suspended_yen": draw.days(10, 400, count) * 100,
        "suspense_reason": pick(SUSPENDED, draw.random.integers(0, 4, count)), "atena_number": _or_empty(known),
        "resolved_on": settled, "resolution": pick(["消込", "還付"], np.where(settled < NEVER, draw.random.choice(2, count, p=[0.8, 0.2]), -1)),
        "from_day": booked})
