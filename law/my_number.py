"""Find what looks like a 個人番号, so that it is refused at the door (check digit: 平成26年総務省令第85号5条)."""

import re
import unicodedata
from itertools import accumulate, pairwise

LENGTH = 12
WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)  # Qn, from the left
IN_FOURS = [4, 8, LENGTH]  # as the card prints it
HYPHEN = "[-‐‑‒–—―−ー－﹣ｰ]"
GAP = re.compile(rf"[^\S\n]{{1,3}}|[^\S\n]?{HYPHEN}[^\S\n]?")
LONGEST_ODD_GAP = 2
SPACED_SIGN = re.compile(r"\s[^\w\s]\s")
YEAR = re.compile("(19|20)..")
DIGITS = re.compile(r"\d+")
TELEPHONE_BEFORE = re.compile(rf"\d{HYPHEN}")
DATE_OR_AMOUNT_AFTER = re.compile(r"[年円]|[-/.－／．]\d")
EVEN_SIGNS = {1: r"[^\w\s]{1,2}", 2: "[・.．:：/／_,，]", 3: "[・.．,，]"}  # by how many digits stand together
COUNTED_AFTER = re.compile(r"\s?[期月年日回時分人円件号番条%％第]")
KANJI = str.maketrans("〇零一二三四五六七八九", "00123456789")
UNSEEN = ("Cf", "Mn", "Me")  # zero-width characters, variation selectors, the frame of a keycap


def looks_like_my_number(text: str) -> bool:
    """True when the text holds twelve digits with a valid check digit, written together or in groups."""
    return my_number_at(text) is not None


def my_number_at(text: str) -> int | None:
    """Position in `text` of the first such digit, None when there is none.

    The text is read as written, as it looks (１, ① and 1 alike, zero-width characters left out) and with 一二三 for 123. Between groups
    stand spaces or hyphens, the two mixed only in 4-4-4 (a telephone number and an hour, 0857-22-8111 15時, is no
    個人番号); in 4-4-4 also one or two characters of any kind, a new line among them, or a sign between spaces (but for three
    years), unless a telephone number's hyphen leads in or a date or an amount goes on. Evenly cut with one and the same sign (1.2.3.…, 12・34・…, 123,456,789,018) it
    is one too, unless it is part of a longer row, counts something (…期) or is a list that counts up. A longer run of digits is
    something else: thirteen are a 法人番号.
    """
    looks, places = _as_it_looks(text)
    seen = _first(looks)
    found = (_first(text), None if seen is None else places[seen], _first(text.translate(KANJI)))
    return min((place for place in found if place is not None), default=None)


def _as_it_looks(text: str) -> tuple[str, list[int]]:
    """The text with plain digits and without what cannot be seen, and where in `text` each character stands."""
    letters = [(letter, place) for place, written in enumerate(text) for letter in _looks(written)]
    return "".join(letter for letter, _ in letters), [place for _, place in letters]


def _looks(written: str) -> str:
    """One character by NFKC when digits are in it (⑫ is 12); another stays one character (… is one, not three)."""
    if unicodedata.category(written) in UNSEEN:
        return ""
    folded = unicodedata.normalize("NFKC", written)
    return folded if DIGITS.search(folded) else written


def _first(text: str) -> int | None:
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
    is_in_fours = lengths[: len(used)] == IN_FOURS
    is_odd = is_in_fours and _is_oddly_written(text, used, gaps)
    if not (_are_gaps(gaps, is_in_fours) or is_odd or _is_evenly_cut(text, used, gaps)):
        return None
    return "".join(group.group() for group in used)


def _are_gaps(gaps: list[str], is_in_fours: bool) -> bool:
    is_mixed = len({gap.isspace() for gap in gaps}) > 1
    return all(GAP.fullmatch(gap) for gap in gaps) and (is_in_fours or not is_mixed)


def _is_oddly_written(text: str, used: list[re.Match], gaps: list[str]) -> bool:
    """1234.5678.9018 or 1234 / 5678 / 9018, but not 090-1234-5678、2026年, 2024・2025・2026年度, 2020 / 2021 / 2022 or 1234億5678万9018円."""
    start, end = used[0].start(), used[-1].end()
    if TELEPHONE_BEFORE.fullmatch(text, max(start - 2, 0), start) or DATE_OR_AMOUNT_AFTER.match(text, end):
        return False
    if all(YEAR.fullmatch(group.group()) for group in used) and any(SPACED_SIGN.fullmatch(gap) for gap in gaps):
        return False
    return all(len(gap) <= LONGEST_ODD_GAP or SPACED_SIGN.fullmatch(gap) for gap in gaps)


def _is_evenly_cut(text: str, used: list[re.Match], gaps: list[str]) -> bool:
    """1.2.3.4.5.6.7.8.9.0.1.8, 12・34・56・78・90・18 or 123,456,789,018, and no list or amount."""
    start, end, widths = used[0].start(), used[-1].end(), {len(group.group()) for group in used}
    if len(widths) > 1 or len(set(gaps)) != 1 or not re.fullmatch(EVEN_SIGNS.get(max(widths), r"\b\B"), gaps[0]):
        return False
    goes_on = re.search(rf"\d{re.escape(gaps[0])}$", text[:start]) or re.match(rf"{re.escape(gaps[0])}\d", text[end:])
    counts_up = len({int(other.group()) - int(one.group()) for one, other in pairwise(used)}) == 1
    return not (goes_on or counts_up or COUNTED_AFTER.match(text, end))


def _is_valid(digits: str) -> bool:
    *body, check = (int(digit) for digit in digits)
    remainder = sum(digit * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11
    return check == (0 if remainder <= 1 else 11 - remainder)
