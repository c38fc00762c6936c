"""国民健康保険システム's papers: which certificate each insured person holds, and 特別療養費 for long arrears."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from sample_city.clock import NEVER, Clock, number
from sample_city.insured import MONTHS, Insured
from sample_city.people import Draw, People, atena
from sample_city.words import pick

KINDS = ["被保険者証", "短期被保険者証", "資格証明書", "資格確認書", "資格情報のお知らせ", "資格確認書（特別療養費）", "資格情報のお知らせ（特別療養費）"]
REASONS = ["資格取得", "年次更新", "再交付", "特別療養費", "特別療養費の終了"]
ENDS = ["完納", "滞納の著しい減少", "特別の事情", "資格喪失", "公費医療"]
CARD_ENDS = number(date(2024, 12, 2))  # from this day no 被保険者証 is issued any more; 54条の3 begins
YEARS = 3


@dataclass
class SpecialBenefits:
    """特別療養費 per household: 事前通知, its deadline, decision, start and end; NEVER where it has not come so far."""

    household: np.ndarray
    notified_on: np.ndarray
    explanation_due: np.ndarray
    decided_on: np.ndarray
    ended_on: np.ndarray
    reason: np.ndarray


def special_benefits(draw: Draw, spells: Insured, is_open: np.ndarray, oldest_due: np.ndarray) -> SpecialBenefits:
    """Of the insured households with arrears older than a year about a sixth are told, and most of these decided on."""
    clock = draw.clock
    earliest = np.maximum(oldest_due + 366, CARD_ENDS)
    able = spells.is_insured & (spells.left == NEVER) & is_open & (earliest + 30 < clock.first)
    home = np.flatnonzero(able & draw.chance(0.17, able.size))
    told = earliest[home] + (draw.random.random(home.size) * (clock.first - earliest[home] - 20)).astype(np.int64)
    due = told + 21
    decided = np.where(draw.chance(0.7, home.size) & (due + 30 <= clock.first), due + 30, NEVER)
    ended = decided + draw.days(40, 300, home.size)
    ended = np.where((decided < NEVER) & draw.chance(0.35, home.size) & (ended <= clock.first), ended, NEVER)
    reason = np.where(ended < NEVER, draw.random.choice([1, 1, 2, 4], home.size), -1)
    return SpecialBenefits(home, told, due, decided, ended, reason)


def benefit_table(draw: Draw, people: People, benefits: SpecialBenefits) -> pl.DataFrame:
    """特別療養費: told, decided, begun a month later, ended."""
    return pl.DataFrame({
        "head_atena_number": atena(draw, people.first[benefits.household]), "decision_no": 1, "notified_on": benefits.notified_on,
        "explanation_due": benefits.explanation_due, "decided_on": benefits.decided_on, "started_on": benefits.decided_on,
        "ended_on": benefits.ended_on, "end_reason": pick(ENDS, benefits.reason)})


def card_tables(draw: Draw, people: People, spells: Insured, benefits: SpecialBenefits) -> dict[str, pl.DataFrame]:
    """証交付履歴 of the last years, and 証交付: the newest paper of everyone still insured on the day of the full feed."""
    person = np.flatnonzero(spells.member & spells.is_insured[people.household])
    home = people.household[person]
    is_registered = draw.chance(0.72, person.size)  # マイナ保険証 people get the notice instead of the certificate
    spans = _spans(benefits, spells.is_insured.size)
    issues = [_yearly(draw.clock, spells, home, is_registered, spans, day) for day in _renewals(draw.clock)]
    issues += _turned(spans, home, is_registered)
    rows = pl.concat(issues, how="vertical_relaxed").sort("row", "issued_on", "rank", maintain_order=True)
    rows = rows.with_columns(issue_no=pl.int_range(pl.len()).over("row") + 1, atena_number=pl.Series(atena(draw, person)).gather(rows["row"]))
    history = rows.with_columns(returned_on=pl.lit(NEVER), card_kind=pick(KINDS, rows["kind"].to_numpy()),
                                issue_reason=pick(REASONS, rows["why"].to_numpy()))
    stays = pl.Series(spells.known_on[home] > draw.clock.first)
    newest = history.filter(stays.gather(rows["row"])).group_by("row", maintain_order=True).last()
    return {"insurance_card_history": history, "insurance_card": newest.filter(pl.col("kind") > 2)}


def _renewals(clock: Clock) -> list[int]:
    """The last first-of-August days before the full feed."""
    this = date.fromordinal(clock.first + date(1970, 1, 1).toordinal())
    last = this.year if this >= date(this.year, 8, 1) else this.year - 1
    return [number(date(year, 8, 1)) for year in range(last - YEARS + 1, last + 1)]


def _spans(benefits: SpecialBenefits, households: int) -> tuple[np.ndarray, np.ndarray]:
    """The days of decision and end of every household's 特別療養費; NEVER where there is none."""
    decided, ended = np.full(households, NEVER), np.full(households, NEVER)
    decided[benefits.household], ended[benefits.household] = benefits.decided_on, benefits.ended_on
    return decided, ended


def _yearly(clock: Clock, spells: Insured, home: np.ndarray, is_registered: np.ndarray, spans: tuple[np.ndarray, np.ndarray],
            day: int) -> pl.DataFrame:
    """What was issued for the year that begins on `day`: at the renewal, or when the person joined within it."""
    joined = clock.month_start[np.clip(spells.joined[home], 0, MONTHS)] + 10
    left = clock.month_start[np.clip(spells.left[home], 0, MONTHS)]
    joins_in_it = (joined > day) & (joined < day + 365) & (joined <= clock.first)
    left = np.where(spells.left[home] == NEVER, NEVER, left)
    own = np.flatnonzero(((joined <= day) & (left > day)) | joins_in_it)
    issued = np.where(joins_in_it[own], joined[own], day)
    decided, ended = (each[home[own]] for each in spans)
    special = 2 * ((decided <= issued) & (ended > issued))
    kind = np.where(issued < CARD_ENDS, 0, np.where(is_registered[own], 4, 3) + special)
    until = np.where(is_registered[own] & (kind > 0), NEVER, day + 364)
    return pl.DataFrame({"row": own, "issued_on": issued, "rank": 0, "kind": kind, "why": np.where(joins_in_it[own], 0, 1),
                         "valid_until": until})


def _turned(spans: tuple[np.ndarray, np.ndarray], home: np.ndarray, is_registered: np.ndarray) -> list[pl.DataFrame]:
    """The papers that say 特別療養費 from the decision, and the plain ones after its end."""
    found = []
    for on, shift, why in zip(spans, (2, 0), (3, 4), strict=True):
        own = np.flatnonzero(on[home] < NEVER)
        kind = np.where(is_registered[own], 4, 3) + shift
        found.append(pl.DataFrame({"row": own, "issued_on": on[home][own], "rank": why, "kind": kind, "why": why, "valid_until": NEVER}))
    return found
