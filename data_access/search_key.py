"""曖昧検索: the SQL macros name_key(text) and address_key(text), which make one key of every way to write the same.

Made on each DuckDB that derives or serves, so that the snapshot's keys and what somebody types are folded alike.
"""

import re
import tomllib
import unicodedata
from pathlib import Path

import duckdb

from data_access.feed_rules import literal

SMALL = dict(zip("ァィゥェォッャュョヮ", "アイウエオツヤユヨワ", strict=True))
# 空白・中点・長音・区切り・離れた濁点: they tell no two people apart
DROPPED = r"[\s　・･ー―‐−－ｰ\-'’.．,，ﾞﾟ゛゜\x{3099}\x{309A}]"
LONG = (r"([オコソトノホモヨロ])[ウオ]", r"([ウクスツヌフムユル])ウ")
CHOME = ("十二", "十一", "十", "九", "八", "七", "六", "五", "四", "三", "二", "一")  # the largest is read first: 十一丁目 is no 一丁目
NUMBERED = r"丁目|番地の|番地|番|号|の|－|‐|−|ー"


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the two macros; '' for a null."""
    found, whole = letters(), "upper(coalesce(text, ''))"
    kana = {old: plain for old, plain in found.items() if "ァ" <= old <= "ヺ"}
    kanji = {old: plain for old, plain in found.items() if not re.fullmatch("[ぁ-ヺｦ-ﾝ！-ｚ]", old)}
    # the fewer letters to compare with the faster: nearly every name is all katakana or all kanji
    sql = (f"case when regexp_full_match({whole}, '[ァ-ヺー・　 ]*') then {_translated(whole, kana)} "
           f"when regexp_matches({whole}, '[ぁ-ヺｦ-ﾝ！-ｚ]') then {_translated(whole, found)} else {_translated(whole, kanji)} end")
    sql = f"regexp_replace({sql}, {literal(DROPPED)}, '', 'g')"
    for pattern in LONG:
        sql = f"regexp_replace({sql}, {literal(pattern)}, '\\1', 'g')"
    connection.execute(f"create or replace macro name_key(text) as {sql}")
    digits, plain = "０１２３４５６７８９", "0123456789"
    sql = f"regexp_replace(translate(coalesce(text, ''), '{digits}', '{plain}'), '[\\s　]', '', 'g')"
    for number, kanji in zip(range(len(CHOME), 0, -1), CHOME, strict=True):
        sql = f"replace({sql}, '{kanji}丁目', '{number}丁目')"
    sql = f"rtrim(regexp_replace({sql}, '{NUMBERED}', '-', 'g'), '-')"
    connection.execute(f"create or replace macro address_key(text) as {sql}")


def _translated(text: str, letters: dict[str, str]) -> str:
    return f"translate({text}, {literal(''.join(letters))}, {literal(''.join(letters.values()))})"


def letters() -> dict[str, str]:
    """Letter → the one it is read as. What is not here stands for itself."""
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    named = {old: group[-1] for group in [*table["kana"], *table["kanji"]] for old in group[:-1]}
    katakana = [chr(code) for code in range(ord("ァ"), ord("ヺ") + 1)]
    hiragana = {chr(ord(letter) - 0x60): letter for letter in katakana if letter <= "ヶ"}
    folded = {letter: unicodedata.normalize("NFKC", letter) for letter in map(chr, [*range(0xFF10, 0xFF5B), *range(0xFF66, 0xFF9E)])}
    every = {**{letter: letter for letter in katakana}, **hiragana, **folded, **named}
    return {letter: _plain(named.get(read, read)) for letter, read in every.items() if _plain(named.get(read, read)) != letter and len(letter) == 1}


def _plain(letter: str) -> str:
    """Without its 濁点 or 半濁点, and large."""
    bare = unicodedata.normalize("NFD", letter)[0] if "゠" <= letter <= "ヿ" else letter
    return SMALL.get(bare, bare)
