"""The bytes of one announced file: the announced hash, the announced encoding, the contract's header."""

import codecs
import csv
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from data_access import external_character
from data_access.contract import Table, unused_headers
from data_access.feed_schedule import HELD, LATE, Feed, Problem
from law.my_number import looks_like_my_number

CHUNK = 8 << 20
LARGEST, WIDEST = 8 * 2**30, 2**20  # bytes of one file, and of one of its rows: far more than any has
RESEND = "送り直してください。"
LINE_ENDS = {b"\r\n": "CRLF", b"\n": "LF", b"\r": "CR"}
MY_NUMBER_LABELS = ("個人番号", "マイナンバー")


class Unreadable(Exception):
    """The file's bytes are not what was announced; carries one Problem."""

    def __init__(self, problem: Problem):
        super().__init__(problem.sentence())
        self.problem = problem


@dataclass(frozen=True)
class Header:
    """The table as the file brings it, its labels in their order, which of them each column stands under, and those of nobody."""

    table: Table
    labels: list[str]
    label_of: dict[str, str]
    extra: list[str]


def as_utf8(feed: Feed, path: Path, target: Path) -> bool:
    """Copy `path` to `target` as UTF-8, in bounded memory; True when it holds external characters.

    Raises Unreadable at the first byte that is wrong, or when the bytes are not the announced ones."""
    if path.is_symlink():
        raise Unreadable(feed.problem("ファイルがリンクです", "実物のファイルを置いて" + RESEND))
    if not path.is_file():
        raise Unreadable(feed.problem("予定されたファイルがありません", "送信元に送付を依頼してください。", severity=LATE))
    size, most = path.stat().st_size, min(LARGEST, (feed.announced.row_count + 1) * WIDEST)
    if size > most:
        raise Unreadable(feed.problem(f"ファイルが大きすぎます（{size:,} バイト。連携予定の {feed.announced.row_count:,} 件なら {most:,} バイトまで）",
                                      "件数と中身を確かめて、正しいファイルを" + RESEND))
    digest, lines, has_external = hashlib.sha256(), 1, False
    decoder = external_character.decoder(feed.announced.encoding)
    with path.open("rb") as source, target.open("wb") as copy:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            text = _decoded(feed, decoder, chunk, lines)
            encoded = text.encode()
            if external_character.may_hold(encoded):
                has_external = True
                _check_external(feed, text, lines)
            lines += encoded.count(b"\n")
            copy.write(encoded)
    _decoded(feed, decoder, b"", lines, final=True)
    if digest.hexdigest() != feed.announced.sha256:
        raise Unreadable(feed.problem("SHA-256 が連携予定と一致しません",
                                      "途中で切れたか、作り直された可能性があります。同じファイルを" + RESEND))
    return has_external


def _decoded(feed: Feed, decoder: codecs.IncrementalDecoder, chunk: bytes, lines: int, *, final: bool = False) -> str:
    try:
        text = decoder.decode(chunk, final)
    except UnicodeDecodeError as error:
        says = "最後の文字が途中で切れています" if final else None
        raise _not_text(feed, lines + chunk[: error.start].count(b"\n"), says) from None
    if "\x00" in text:
        raise Unreadable(feed.problem("NUL 文字があります", "ファイルが壊れています。" + RESEND))
    return text


def _check_external(feed: Feed, text: str, lines: int) -> None:
    """In the header there are none, and CP932's bytes without any character are none."""
    headline = text.find("\n") if lines == 1 else 0
    wrong = external_character.ANY.search(text, 0, headline if headline >= 0 else len(text))
    if wrong is None and feed.announced.encoding == "cp932":
        wrong = external_character.NO_CHARACTER.search(text)
    if wrong:
        raise _not_text(feed, lines + text.count("\n", 0, wrong.start()))


def _not_text(feed: Feed, row: int, says: str | None = None) -> Unreadable:
    says = says or f"{feed.announced.encoding} として読めない文字があります"
    return Unreadable(feed.problem(says, "文字コードを確かめて" + RESEND, rows=(row,)))


def line_end_changes(text: Path) -> tuple[tuple[int, ...], str]:
    """The first row (header = 1) of a CSV file that does not end as the header does, and what to say of it; nothing when
    there is none. What stands in quotes ends no row."""
    first, row, is_quoted = "", 1, False
    with text.open("rb") as file:
        for line in file:
            for mark in re.findall(rb'"|\r\n|\r|\n', line):
                if mark == b'"':
                    is_quoted = not is_quoted
                elif not is_quoted:
                    first = first or LINE_ENDS[mark]
                    if LINE_ENDS[mark] != first:
                        return (row,), f"（改行が1行目は {first}、この行から {LINE_ENDS[mark]} です）"
                    row += 1
    return (), ""


def is_only_header(text: Path) -> bool:
    """Whether nothing, not even an empty line, stands behind the header row."""
    with text.open("rb") as file:
        line, more = file.readline(), file.read(1)
    return not more and line.count(b'"') % 2 == 0 and b"\r" not in line.removesuffix(b"\n").removesuffix(b"\r")


def header(feed: Feed, text: Path) -> Header:
    """The header row: every column of the contract once, by its label or an alias. Raises Unreadable."""
    with text.open(encoding="utf-8", newline="") as file:
        labels = next(csv.reader([file.readline()]), [])
    if any(mark in label for label in labels for mark in MY_NUMBER_LABELS) or any(map(looks_like_my_number, labels)):
        raise Unreadable(feed.problem("個人番号の列があります", "個人番号はこのシステムに入れられません。列を除いて" + RESEND, rows=(1,)))
    table = feed.table.as_headed(labels)
    found, doubled = places(table, labels)
    missing = [column.label for column in table.columns if column.name not in found]
    extra = [label for label in labels if label not in found.values()]
    says = [f"列 {'・'.join(missing)} がありません"] if missing else []
    if missing and extra:  # the line may be no header at all but a person's row: it is not quoted
        says.append(f"取り決めにない列が {len(extra)} あります")
    if "" in map(str.strip, labels):
        says.append("見出しのない列があります")
    if doubled or len({label.lower() for label in labels}) != len(labels):  # SQL takes A and a for the same name
        says.append("同じ見出しが2つあります")
    if says:
        raise Unreadable(feed.problem("、".join(says), "見出しを取り決めどおりにして" + RESEND, rows=(1,)))
    return Header(table, labels, found, extra)


def places(table: Table, labels: list[str]) -> tuple[dict[str, str], bool]:
    """Column → the label it stands under; the contract's own label wins. And whether a column stands there twice."""
    own = {column.label for column in table.columns}
    found, is_doubled = {}, False
    for column in table.columns:
        named = [label for label in (column.label, *column.aliases) if label in labels and (label == column.label or label not in own)]
        is_doubled |= len(set(named)) > 1
        if named:
            found[column.name] = named[0]
    return found, is_doubled


def unknown_columns(feed: Feed, extra: list[str]) -> list[Problem]:
    """Columns that the contract does not know: left out, and a person decides whether the day may go without them."""
    if feed.announced.interface:
        extra = [label for label in extra if label not in unused_headers()]
    return [feed.problem(f"列 {'・'.join(extra)[:80]} は取り決めにありません（読まずに残りを取り込みます）",
                         "送信元に仕様の変更を確かめ、要る列なら取り決めに加えてください。", rows=(1,), severity=HELD)] if extra else []
