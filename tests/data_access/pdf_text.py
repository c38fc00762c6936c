"""The words of a PDF that Typst made, page by page: no library of ours reads PDFs, and a paper is judged by what is on it."""

import re
import zlib

OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
STREAM = re.compile(rb"stream\n(.*)\nendstream", re.DOTALL)
PIECE = re.compile(rb"/(f\d+) [\d.]+ Tf|\(((?:\\.|[^\\()]|\((?:\\.|[^\\()])*\))*)\)|<([0-9A-Fa-f]+)>", re.DOTALL)
ESCAPED = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
SIGNS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
CHARACTER = re.compile(rb"<([0-9A-F]{4})> <([0-9A-F]+)>")


def pages(pdf: bytes) -> list[str]:
    """What is written on each page, in the order in which it was set, without any space."""
    objects = {int(number): body for number, body in OBJECT.findall(pdf)}
    (tree,) = (body for body in objects.values() if b"/Type/Pages" in body)
    leaves = [objects[int(number)] for number in re.findall(rb"(\d+) 0 R", re.search(rb"/Kids\[(.*?)\]", tree)[1])]
    return [_words(objects, page) for page in leaves]


def _words(objects: dict[int, bytes], page: bytes) -> str:
    fonts = {name: _letters(objects, int(number)) for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", objects[_number(page, b"Resources")])}
    letters, found = {}, []
    for font, text, coded in PIECE.findall(_stream(objects[_number(page, b"Contents")])):
        if font:
            letters = fonts[font]
            continue
        plain = bytes.fromhex(coded.decode()) if coded else ESCAPED.sub(lambda sign: bytes([int(sign[1], 8)]) if sign[1][:1].isdigit() else SIGNS.get(sign[1], sign[1]), text)
        found += [letters.get(plain[place : place + 2], "") for place in range(0, len(plain), 2)]
    return re.sub(r"\s", "", "".join(found))


def _letters(objects: dict[int, bytes], font: int) -> dict[bytes, str]:
    table = _stream(objects[_number(objects[font], b"ToUnicode")])
    return {bytes.fromhex(glyph.decode()): bytes.fromhex(text.decode()).decode("utf-16-be") for glyph, text in CHARACTER.findall(table)}


def _number(body: bytes, name: bytes) -> int:
    return int(re.search(rb"/" + name + rb" (\d+) 0 R", body)[1])


def _stream(body: bytes) -> bytes:
    return zlib.decompress(STREAM.search(body)[1])
