"""One table as an Excel workbook (Office Open XML): text is text, so that no cell of it is run as a formula.

Every text is an inline string in a style of format "@" with the leading-apostrophe mark: it stays text when somebody edits
the cell, too. No author, no macro, no link, no hidden sheet. The same rows make the same bytes (ECMA-376 part 1, 18.3).
"""

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from xml.sax.saxutils import escape

import polars as pl

EPOCH = date(1899, 12, 30)  # day 0 of Excel's calendar, right from 1900-03-01 on
EXACT = 10**15  # a larger number is written as text: a spreadsheet keeps 15 digits
NUMBER, TEXT, HEAD, YEN, DAY = range(5)  # places in cellXfs; the first is that of every empty cell
WIDEST, NARROWEST, LOOKED_AT = 60, 8, 200
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CODED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # what Excel would read as a code for a character

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_RELATIONS = "application/vnd.openxmlformats-package.relationships+xml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FIXED = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    f'<Default Extension="rels" ContentType="{_RELATIONS}"/><Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Yu Gothic"/></font><font><b/><sz val="11"/><name val="Yu Gothic"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="5"><xf xfId="0"/><xf numFmtId="49" quotePrefix="1" applyNumberFormat="1" xfId="0"/>'
    '<xf numFmtId="49" fontId="1" quotePrefix="1" applyNumberFormat="1" applyFont="1" xfId="0"/>'
    '<xf numFmtId="3" applyNumberFormat="1" xfId="0"/><xf numFmtId="164" applyNumberFormat="1" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}  # fmt: skip


def workbook(title: str, heads: Sequence[str], rows: pl.DataFrame, footer: Iterable[tuple[str, str]], printed: str) -> bytes:
    """The file: `heads` over the rows, a blank line, then `footer`; `printed` stands at the foot of every page on paper."""
    counted = [YEN if name.endswith("_yen") else NUMBER for name in rows.columns]
    lines = [_line(1, heads, HEAD), *(_line(number, row, TEXT, counted) for number, row in enumerate(rows.iter_rows(), 2))]
    lines += [_line(number, line) for number, line in enumerate(footer, rows.height + 3)]
    columns = zip(heads, rows.head(LOOKED_AT).iter_columns(), strict=True)
    widths = "".join(f'<col min="{at}" max="{at}" width="{_width([head, *cells])}" customWidth="1"/>' for at, (head, cells) in enumerate(columns, 1))
    foot = _xml("&L" + printed.replace("&", "&&") + "&R&P / &N")
    sheet = (
        f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f'<cols>{widths}</cols><sheetData>{"".join(lines)}</sheetData><autoFilter ref="A1:{_column(len(heads) - 1)}{rows.height + 1}"/>'
        f'<pageSetup paperSize="9" orientation="landscape"/><headerFooter><oddFooter>{foot}</oddFooter></headerFooter></worksheet>'
    )
    book = f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="{_xml(title[:31])}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, text in {**_FIXED, "xl/workbook.xml": book, "xl/worksheets/sheet1.xml": sheet}.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))  # no clock in it
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            archive.writestr(entry, _HEAD + text)
    return made.getvalue()


def _line(number: int, cells: Iterable[object], text: int = TEXT, counted: Sequence[int] = ()) -> str:
    """One row; `text` and, by column, `counted`: the styles of texts and of numbers."""
    made = (_cell(f"{_column(at)}{number}", value, text, counted[at] if counted else NUMBER) for at, value in enumerate(cells) if value is not None)
    return f'<row r="{number}">{"".join(made)}</row>'


def _cell(place: str, value: object, text: int, counted: int) -> str:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool) and abs(value) < EXACT:
        return f'<c r="{place}" s="{counted}"><v>{value}</v></c>'
    if isinstance(value, date) and not isinstance(value, datetime):
        return f'<c r="{place}" s="{DAY}"><v>{(value - EPOCH).days}</v></c>'
    return f'<c r="{place}" s="{text}" t="inlineStr"><is><t xml:space="preserve">{_xml(_CODED.sub("_x005F_", str(value)))}</t></is></c>'


def _xml(text: str) -> str:
    """`text` as XML may hold it; a sign that XML has no place for becomes U+FFFD."""
    return escape(_NOT_XML.sub("\ufffd", text), {'"': "&quot;", "\r": "&#13;"})


def _column(place: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    return ("" if place < 26 else _column(place // 26 - 1)) + chr(ord("A") + place % 26)


def _width(values: Iterable[object]) -> int:
    wide = max(sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in str(value)) for value in values)
    return min(max(wide + 2, NARROWEST), WIDEST)
