"""納付書の番号: the 44 digits of GS1-128 (91) built and read back, when no barcode may be printed, and MPN keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from law.in_force import value, values

FILE = "payment_slip.toml"


class SlipRefused(ValueError):
    """バーコードを作れない、又は読めない。The text says which part and what to do."""


@dataclass(frozen=True)
class Slip:
    """The parts of one barcode. `expiry`: None = no limit."""

    company: str
    free: str
    reissue: int
    expiry: date | None
    stamp: int
    yen: int
    digits: str


def build(
    company: str, free: str, reissue: int, expiry: date | None, stamp_flag: int, yen: int, on: date
) -> str:
    """The 44 digits for a slip issued on `on`. `free` is filled up with zeros on the right.

    Raises SlipRefused: more than the limit, expiry passed, or a part that does not fit its field.
    """
    if reason := refusal(yen, expiry, on):
        raise SlipRefused(reason)
    no_limit = value(FILE, "no_expiry", on, str).value
    widths = _fields(on)
    parts = {
        "application_identifier": value(FILE, "application_identifier", on, str).value,
        "company": company,
        "free": free.ljust(widths["free"][1], "0"),
        "reissue": str(reissue),
        "expiry": f"{expiry:%y%m%d}" if expiry else no_limit,
        "stamp": str(stamp_flag),
        "yen": str(yen).rjust(widths["yen"][1], "0"),
    }
    for name, (label, length) in widths.items():
        if len(parts[name]) != length or not _is_digits(parts[name]):
            raise SlipRefused(f"{label} {parts[name]!r} は数字 {length}桁 で指定してください。")
    body = "".join(parts[name] for name in widths)
    return body + check_digit(body, on)


def refusal(yen: int, expiry: date | None, on: date) -> str | None:
    """Why no barcode may be printed on the slip, None when it may."""
    limit = value(FILE, "limit_yen", on, int).value
    if yen > limit:
        return (
            f"{yen:,}円 は {limit:,}円 を超えるため、バーコードを刷りません。窓口払の納付書にしてください。"
        )
    if yen < 1:
        return "金額が1円に満たないため、バーコードを刷りません。"
    if expiry and expiry < on:
        return f"支払期限 {expiry} を過ぎているため、バーコードを刷りません。期限を改めて再発行してください。"
    return None


def parse(digits: str, on: date) -> Slip:
    """Read 44 digits back. Raises SlipRefused for another length, identifier, check digit, date or amount."""
    widths = _fields(on)
    length = sum(width for _, width in widths.values()) + 1
    if len(digits) != length or not _is_digits(digits):
        raise SlipRefused(
            f"{len(digits)}桁です。料金代理収納のバーコードは数字 {length}桁 です。読み直してください。"
        )
    if check_digit(digits[:-1], on) != digits[-1]:
        raise SlipRefused(
            f"検査数字が {digits[-1]} ですが、{check_digit(digits[:-1], on)} になるはずです。読み直してください。"
        )
    parts, start = {}, 0
    for name, (_, width) in widths.items():
        parts[name], start = digits[start : start + width], start + width
    if parts["application_identifier"] != value(FILE, "application_identifier", on, str).value:
        raise SlipRefused(
            f"識別子が {parts['application_identifier']} です。料金代理収納は 91 で始まります。"
        )
    limit = value(FILE, "limit_yen", on, int).value
    if int(parts["yen"]) > limit:
        raise SlipRefused(f"金額 {int(parts['yen']):,}円 が {limit:,}円 を超えています。")
    expiry = _expiry(parts["expiry"], on)
    return Slip(
        parts["company"],
        parts["free"],
        int(parts["reissue"]),
        expiry,
        int(parts["stamp"]),
        int(parts["yen"]),
        digits,
    )


def charge_to_pay(printed_yen: int, recomputed_yen: int, expiry: date, paid_on: date) -> int:
    """延滞金 (yen) of a slip that was issued again: as printed when paid by its expiry, recomputed after it."""
    keeps = value(FILE, "reissued_slip_keeps_charge", paid_on, bool).value
    return printed_yen if keeps and paid_on <= expiry else recomputed_yen


def check_digit(body: str, on: date) -> str:
    """Modulus 10: the rightmost digit counts three times, the next once, and so on (identifier included)."""
    weight = value(FILE, "check_weight", on, int).value
    total = sum(int(digit) * (weight if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return str(-total % 10)


def mpn_complaints(keys: Mapping[str, str], on: date) -> list[str]:
    """What is wrong with the four numbers of ペイジー; empty when every one has a permitted length."""
    complaints = []
    for field in values(FILE, "mpn_key", on, {"name": str, "label": str, "digits": list}):
        text, lengths = keys.get(field.value["name"], ""), field.value["digits"]
        if len(text) not in lengths or not _is_digits(text):
            allowed = "・".join(str(length) for length in lengths)
            complaints.append(f"{field.value['label']} {text!r} は数字 {allowed}桁 で指定してください。")
    return complaints


def _fields(on: date) -> dict[str, tuple[str, int]]:
    """Name → (label, digits), in the order of the barcode."""
    found = values(FILE, "gs1_field", on, {"name": str, "label": str, "digits": int})
    return {field.value["name"]: (field.value["label"], field.value["digits"]) for field in found}


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _expiry(text: str, on: date) -> date | None:
    if text == value(FILE, "no_expiry", on, str).value:
        return None
    try:
        return date(2000 + int(text[:2]), int(text[2:4]), int(text[4:]))
    except ValueError:
        raise SlipRefused(f"支払期限 {text} は日付ではありません。読み直してください。") from None
