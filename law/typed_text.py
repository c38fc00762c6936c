"""What no text may hold that somebody types, wherever it is kept: too much, what cannot be seen, a 個人番号."""

import unicodedata
from collections.abc import Iterator

from law.my_number import looks_like_my_number

# Right-to-left overrides reorder what a reader sees; U+2028/9 break lines where no editor shows it.
_INVISIBLE = frozenset("\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def text_errors(label: str, text: str, longest: int) -> Iterator[str]:
    """What is wrong with a free text: too long, unseen characters, a 個人番号."""
    if len(text) > longest:
        yield f"{label}が {len(text):,} 文字あります。{longest:,} 文字までにしてください。"
    if any(_is_unprintable(character) for character in text):
        yield f"{label}に見えない制御文字（タブなど）が含まれています。貼り付けた部分を打ち直してください。"
    if looks_like_my_number(text):
        yield f"{label}に個人番号とみられる12桁の数字があります。個人番号は記録できません。消して、宛名番号を使ってください。"


def _is_unprintable(character: str) -> bool:
    return character != "\n" and (unicodedata.category(character) in ("Cc", "Cs") or character in _INVISIBLE)
