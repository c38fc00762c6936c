"""The bytes of one announced file: the announced hash, the announced encoding, the contract's header."""

import codecs
import csv
import hashlib
from pathlib import Path

from data_access.feed_schedule import Feed, Problem

CHUNK = 8 << 20
RESEND = "送り直してください。"


class Unreadable(Exception):
    """The file's bytes are not what was announced; carries one Problem."""

    def __init__(self, problem: Problem):
        super().__init__(problem.sentence())
        self.problem = problem


def as_utf8(feed: Feed, path: Path, target: Path) -> None:
    """Copy `path` to `target` as UTF-8, in bounded memory. Raises Unreadable at the first byte that is wrong."""
    if not path.is_file() or path.is_symlink():
        raise Unreadable(feed.problem("予定されたファイルがありません", "送信元に送付を依頼してください。"))
    digest, lines = hashlib.sha256(), 1
    decoder = codecs.getincrementaldecoder("cp932" if feed.announced.encoding == "cp932" else "utf-8-sig")()
    with path.open("rb") as source, target.open("w", encoding="utf-8", newline="") as copy:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            text = _decoded(feed, decoder, chunk, lines)
            lines += text.count("\n")
            copy.write(text)
    _decoded(feed, decoder, b"", lines, final=True)
    if digest.hexdigest() != feed.announced.sha256:
        raise Unreadable(feed.problem("SHA-256 が連携予定と一致しません",
                                      "途中で切れたか、作り直された可能性があります。同じファイルを" + RESEND))


def _decoded(feed: Feed, decoder: codecs.IncrementalDecoder, chunk: bytes, lines: int, *, final: bool = False) -> str:
    try:
        text = decoder.decode(chunk, final)
    except UnicodeDecodeError as error:
        says = "最後の文字が途中で切れています" if final else f"{feed.announced.encoding} として読めない文字があります"
        row = lines + chunk[: error.start].count(b"\n")
        raise Unreadable(feed.problem(says, "文字コードを確かめ、外字は取り決めた文字に置き換えて" + RESEND, row=row)) from None
    if "\x00" in text:
        raise Unreadable(feed.problem("NUL 文字があります", "ファイルが壊れています。" + RESEND))
    return text


def header(feed: Feed, text: Path) -> list[str]:
    """The labels of the header row, in the file's order: exactly the contract's. Raises Unreadable."""
    with text.open(encoding="utf-8", newline="") as file:
        labels = next(csv.reader([file.readline()]), [])
    expected = [column.label for column in feed.table.columns]
    if any("個人番号" in label for label in labels):
        raise Unreadable(feed.problem("個人番号の列があります", "個人番号はこのシステムに入れられません。列を除いて" + RESEND, row=1))
    missing = [label for label in expected if label not in labels]
    extra = [label for label in labels if label not in expected]
    says = [f"列 {'・'.join(missing)} がありません"] if missing else []
    if extra:  # where a column is missing too, the line may be no header at all but a person's row: it is not quoted
        says.append(f"取り決めにない列が {len(extra)} あります" if missing else f"列 {'・'.join(extra)[:80]} は取り決めにありません")
    if len(set(labels)) != len(labels):
        says.append("同じ見出しが2つあります")
    if says:
        raise Unreadable(feed.problem("、".join(says), "見出しを取り決めどおりにして" + RESEND, row=1))
    return labels
