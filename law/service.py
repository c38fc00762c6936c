"""送達 of a 督促状: from which day it has effect when it came back (地方税法20条・20条の2, for 料 through 国民健康保険法78条).

A letter that did not come back is taken to have arrived. One that did has effect from the day it was sent again (unless that
one came back too) or served by public notice, whichever is first. With neither it has none, and a person looks at it.
"""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from law.files import LawFileInvalid, values_on

FILE = "demand.toml"
SENT, AGAIN, NOTICE, RETURNED, REFUSED = "発送", "再発送", "公示送達", "返戻", "受取拒否"


class Mail(NamedTuple):
    """A 督促状 that came back, and what was done then (返戻・公示送達)."""

    sent_on: date
    returned_on: date
    reason: str | None = None
    resent_on: date | None = None
    served_on: date | None = None  # the day the public notice has effect


class Letter(NamedTuple):
    """One 督促状; `returned_on` as the 督促 itself records it, `mail` the returned letters of its installment."""

    issued_on: date
    designated_deadline: date | None = None
    returned_on: date | None = None
    mail: tuple[Mail, ...] = ()


@dataclass(frozen=True)
class Service:
    """`served_on`: the day from which the letter has effect; None = none known. `way`: a row of demand.toml's `service`."""

    served_on: date | None
    returned_on: date | None
    way: str

    @property
    def is_late(self) -> bool:
        """Did it have effect only from a later day than the one on which it was issued?"""
        return self.way in (AGAIN, NOTICE)


def serve(letter: Letter, as_of: date) -> Service:
    """The 送達 of one 督促状 as known on `as_of`. Letters sent before it was issued belong to another one."""
    own = [mail for mail in letter.mail if mail.sent_on >= letter.issued_on and mail.returned_on <= as_of]
    back = [mail.returned_on for mail in own]
    if letter.returned_on and letter.returned_on <= as_of:
        back.append(letter.returned_on)
    if not back:
        return Service(letter.issued_on, None, SENT)
    last_sent_on = max((mail.sent_on for mail in own), default=None)
    again = [(mail.resent_on, AGAIN) for mail in own if mail.resent_on and last_sent_on < mail.resent_on <= as_of]
    noticed = [(mail.served_on, NOTICE) for mail in own if mail.served_on and mail.served_on <= as_of]
    if found := sorted([*again, *noticed], key=lambda each: (each[0], each[1] != AGAIN)):
        return Service(found[0][0], min(back), found[0][1])
    return Service(None, min(back), REFUSED if any(mail.reason == REFUSED for mail in own) else RETURNED)


def rule(way: str, day: date) -> dict:
    """The meaning and the article (`text`, `reference`) of a way of 送達. Raises LawFileInvalid where demand.toml lost it."""
    for entry in values_on(FILE, "service", day):
        if entry["way"] == way:
            return entry
    raise LawFileInvalid(f"{FILE} の service: {way} の {day} の項目がありません。根拠とともに書き足してください。")
