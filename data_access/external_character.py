"""外字: characters that stand outside the common sets. The row loads, the character is shown as 〓, its code is reported.

What counts, by where it comes from:
- the private use area of Unicode (U+E000–F8FF, planes 15 and 16), and CP932's own F040–F9FC, which Python reads as U+E000–E757;
- a double byte of CP932 that no character is assigned to (81AD …);
- U+FFFD, which says that an earlier program lost the character.
Bytes that are no character at all (a lone lead byte, broken UTF-8, CP932's A0 and FD–FF) make the file unreadable instead.
"""

import codecs
import re

SHOWN_AS = "〓"
UNMAPPED = 0x100000  # plane 16: a double byte without a character travels as UNMAPPED + its code
ANY = re.compile("[\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff]")
ANY_SQL = r"[\x{E000}-\x{F8FF}\x{FFFD}\x{F0000}-\x{10FFFF}]"
NO_CHARACTER = re.compile("[\uf8f0-\uf8f3]")  # what Python makes of CP932's bytes A0 and FD–FF
CP932_FIRST, CP932_LAST, CP932_ROW = 0xE000, 0xE757, 188
_SURE = (b"\xee", b"\xf3", b"\xf4", b"\xef\xbf\xbd")
_BELOW_F900 = re.compile(rb"\xef[\x80-\xa3]")


def _keep_unmapped(error: UnicodeError) -> tuple[str, int]:
    """Codec error handler: a well-formed double byte is kept as a private character, anything else is still an error."""
    pair = error.object[error.start:error.start + 2]
    if len(pair) == 2 and (0x81 <= pair[0] <= 0x9F or 0xE0 <= pair[0] <= 0xFC) and (0x40 <= pair[1] <= 0x7E or 0x80 <= pair[1] <= 0xFC):
        return chr(UNMAPPED + int.from_bytes(pair)), error.start + 2
    raise error


codecs.register_error("external_character", _keep_unmapped)


def decoder(encoding: str) -> codecs.IncrementalDecoder:
    """A strict decoder that lets 外字 through."""
    if encoding == "cp932":
        return codecs.getincrementaldecoder("cp932")("external_character")
    return codecs.getincrementaldecoder("utf-8-sig")()


def may_hold(encoded: bytes) -> bool:
    """True when UTF-8 `encoded` holds an external character; four searches of bytes, many times faster than ANY."""
    return any(mark in encoded for mark in _SURE) or _BELOW_F900.search(encoded) is not None


def code(character: str, encoding: str) -> str:
    """How a sender finds the character: U+E000（CP932 F040）, CP932 81AD, U+FFFD."""
    point = ord(character)
    if encoding == "cp932" and point >= UNMAPPED:
        return f"CP932 {point - UNMAPPED:04X}"
    if encoding == "cp932" and CP932_FIRST <= point <= CP932_LAST:
        row, cell = divmod(point - CP932_FIRST, CP932_ROW)
        return f"U+{point:04X}（CP932 {0xF0 + row:02X}{0x40 + cell + (cell >= 0x3F):02X}）"
    return f"U+{point:04X}"
