"""Whom to call, which account pays, and who acts for whom: 連絡先, 口座, 納税関係者 and 関連宛名."""

import numpy as np
import polars as pl

from sample_city.clock import NEVER
from sample_city.people import DEAD, MOVED_OUT, PRESENT, Draw, People, atena
from sample_city.words import pick

LATEST = {"history_number": 1, "from_day": 0, "until_day": NEVER}
KINDS = ["携帯", "自宅", "勤務先"]
FIRST_BANK = 8_990_001  # no bank has a code of this range


def phones(draw: Draw, kind: np.ndarray) -> pl.Series:
    """電話番号 that nobody has: no exchange begins with 0."""
    digits = pl.DataFrame({"kind": kind, "a": draw.random.integers(0, 1_000, kind.size), "b": draw.random.integers(0, 10_000, kind.size)})
    pad = [pl.col("a").cast(pl.String).str.zfill(3), (pl.col("a") % 10).cast(pl.String), pl.col("b").cast(pl.String).str.zfill(4)]
    mobile, fixed = pl.format("090-0{}-{}", pad[0], pad[2]), pl.format("0857-0{}-{}", pad[1], pad[2])
    return digits.select(pl.when(pl.col("kind") == 0).then(mobile).otherwise(fixed)).to_series()


def contact_table(draw: Draw, people: People) -> pl.DataFrame:
    """連絡先 of most heads and of half of the other adults; some have a second one, a few are new on a later day."""
    clock, count = draw.clock, people.household.size
    adult = people.born_on < clock.last - 18 * 366
    has = draw.chance(np.where(people.place == 0, 0.93, 0.5), count) & adult
    again = has & draw.chance(0.2, count)
    person = np.concatenate([np.flatnonzero(has), np.flatnonzero(again)])
    contact_no = np.concatenate([np.ones(has.sum(), dtype=np.int64), np.full(again.sum(), 2)])
    kind = np.where(contact_no == 1, draw.random.choice(2, person.size, p=[0.8, 0.2]), 1 + draw.random.choice(2, person.size))
    set_on = draw.random.integers(clock.month_start[12], clock.first, person.size)
    fresh = draw.chance(0.0004 * (clock.last - clock.first), person.size)
    set_on = np.where(fresh, clock.last - draw.days(0, max(clock.last - clock.first - 1, 0), person.size), set_on)
    return pl.DataFrame({
        "atena_number": atena(draw, person), "contact_no": contact_no, "contact_kind": pick(KINDS, kind), "phone": phones(draw, kind),
        "contact_person": None, "contact_set_on": set_on, "from_day": np.where(fresh, set_on, 0)})


def bank_table(draw: Draw, people: People, heads: pl.DataFrame, pays: np.ndarray, refunded: np.ndarray) -> pl.DataFrame:
    """口座: of the households in `pays` for 振替, of those in `refunded` for 還付; `heads` has name and kana by household."""
    clock, home = draw.clock, np.concatenate([pays, refunded])
    is_refund = np.arange(home.size) >= pays.size
    start = np.where(is_refund, draw.random.integers(clock.month_start[60], clock.first, home.size), clock.month_start[0])
    ended = np.where(~is_refund & (people.exit_on[home] < NEVER), people.exit_on[home], NEVER)
    why = np.where(ended < NEVER, (people.exit_state[home] == DEAD).astype(int), -1)
    notice, phone = np.where(is_refund, 0, draw.chance(0.8, home.size)), phones(draw, np.ones(home.size))
    return pl.DataFrame({
        "atena_number": atena(draw, people.first[home]), "business": "国保料", "account_use": pick(["振替", "還付"], is_refund.astype(int)),
        "account_applied_on": start - 30, "usable_from": start, "account_closed_reason": pick(["本人申出", "死亡"], why),
        "account_closed_on": ended, "bank_code": FIRST_BANK + draw.random.integers(0, 12, home.size),
        "account_kind": pick(["普通", "当座"], draw.chance(0.03, home.size).astype(int)),
        "account_number": draw.random.integers(1, 10_000_000, home.size),
        "holder_kana": heads["name_kana"].gather(home), "holder_name": heads["name"].gather(home), "account_phone": phone,
        "payment_kind": pick(["期別", "全期前納"], np.where(is_refund, -1, draw.chance(0.05, home.size))), "has_transfer_notice": notice,
        **LATEST})


def related_party_table(draw: Draw, people: People) -> pl.DataFrame:
    """納税関係者: an heir for the dead with a family, a guardian for some of the old, a 納税管理人 for some who left."""
    clock, count = draw.clock, people.size.size
    heirs = np.flatnonzero((people.exit_state == DEAD) & (people.size > 1) & draw.chance(0.7, count))
    wards = np.flatnonzero((people.exit_state == PRESENT) & (people.head_age >= 70) & draw.chance(0.015, count))
    gone = np.flatnonzero((people.exit_state == MOVED_OUT) & draw.chance(0.06, count))
    others = np.flatnonzero((people.exit_state == PRESENT) & (people.head_age.clip(30, 69) == people.head_age))
    helper = others[draw.random.integers(0, others.size, wards.size + gone.size)] if others.size else np.array([], dtype=np.int64)
    home = np.concatenate([heirs, wards, gone]) if others.size else heirs
    party = np.concatenate([people.first[heirs] + 1, people.first[helper]])
    kind = np.repeat([1, 2, 0], [heirs.size, wards.size, gone.size])[:home.size]
    day = np.where(people.exit_on[home] < NEVER, people.exit_on[home] + draw.days(10, 90, home.size),
                   draw.random.integers(clock.month_start[60], clock.first, home.size))
    return pl.DataFrame({
        "atena_number": atena(draw, people.first[home]), "party_kind": pick(["納税管理人", "相続人代表", "代理人"], kind),
        "party_atena_number": atena(draw, party), "appointed_on": np.minimum(day, clock.first), "dismissed_on": NEVER, **LATEST})


def linked_person_table(draw: Draw, people: People) -> pl.DataFrame:
    """関連宛名: some residents were known before under another 宛名番号, most as 住登外."""
    clock, count = draw.clock, people.household.size
    person = np.flatnonzero(draw.chance(0.004, count))
    day = draw.random.integers(clock.month_start[12], clock.first, person.size)
    wrong = draw.chance(0.03, person.size)
    return pl.DataFrame({
        "atena_number": atena(draw, person), "former_atena_number": atena(draw, 70_000 + np.arange(person.size)) - 2,
        "link_reason": pick(["住登外から住登者", "二重登録", "再転入"], draw.random.choice(3, person.size, p=[0.7, 0.1, 0.2])),
        "linked_on": day, "unlink_reason": pick(["誤登録"], np.where(wrong, 0, -1)),
        "unlinked_on": np.where(wrong, np.minimum(day + 60, clock.first), NEVER)})
