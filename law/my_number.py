"""Find what looks like a 個人番号, so that it is refused at the door (check digit: 平成26年総務省令第85号5条)."""

import re
from itertools import accumulate, pairwise

LENGTH = 12
WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)  # Qn, from the left
GAP = re.compile(r"[^\S\n]{1,3}|[^\S\n]?[-‐‑‒–—―−ー－﹣ｰ][^\S\n]?")
DIGITS = re.compile(r"\d+")


def looks_like_my_number(text: str) -> bool:
    """True when the text holds twelve digits with a valid check digit, written together or in groups."""
    return my_number_at(text) is not None


def my_number_at(text: str) -> int | None:
    """Position of the first such digit, None when there is none.

    Full-width digits count. Between groups stand spaces or hyphens, the two mixed only in 4-4-4 (a telephone
    number and an hour, 0857-22-8111 15時, is no 個人番号). A longer run of digits is something else.
    """
    groups = list(DIGITS.finditer(text))
    for index, first in enumerate(groups):
        digits = _twelve_from(text, groups[index : index + LENGTH])
        if digits and _is_valid(digits):
            return first.start()
    return None


def _twelve_from(text: str, groups: list[re.Match]) -> str | None:
    """The digits of the leading groups that make exactly twelve, when only gaps stand between them."""
    lengths = list(accumulate(len(group.group()) for group in groups))
    if LENGTH not in lengths:
        return None
    used = groups[: lengths.index(LENGTH) + 1]
    gaps = [text[one.end() : other.start()] for one, other in pairwise(used)]
    is_mixed = len({gap.isspace() for gap in gaps}) > 1
    if not all(GAP.fullmatch(gap) for gap in gaps) or (is_mixed and lengths[:3] != [4, 8, LENGTH]):
        return None
    return "".join(group.group() for group in used)


def _is_valid(digits: str) -> bool:
    *body, check = (int(digit) for digit in digits)
    remainder = sum(digit * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11
    return check == (0 if remainder <= 1 else 11 - remainder)
