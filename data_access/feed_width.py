"""Rows with more items than the header: DuckDB does not notice them when what is too many is empty.

Such a row has often slipped: an item too many in the middle, the empty last ones pushed out. So lines are counted as well.
"""

import csv
from pathlib import Path

import duckdb

from data_access.feed_rules import literal

SHOWN = 20
NO_DELIMITER = "\x1f"  # a control character: no line is split by it
LINES = """
with numbered as (
    select row_number() over () as line_number, line
    from read_csv({text}, auto_detect = false, header = false, delim = '{delimiter}', quote = '', escape = '', ignore_errors = true,
                  strict_mode = false, null_padding = true, columns = {{'line': 'varchar'}})
), bare as (
    select line_number, if(contains(line, '"'), regexp_replace(line, '"[^"]*"', '', 'g'), line) as line
    from numbered
)
select
    count(*) filter (where contains(line, '"')),
    list(line_number order by line_number) filter (where length(line) - length(replace(line, ',', '')) >= {width})[:{shown}]
from bare
"""


def too_wide(connection: duckdb.DuckDBPyConnection, text: Path, width: int) -> list[int]:
    """Line numbers (the header is 1) of the first rows with more than `width` items."""
    asked = LINES.format(text=literal(str(text)), delimiter=NO_DELIMITER, width=width, shown=SHOWN)
    try:
        spread, lines = connection.execute(asked).fetchone()
    except duckdb.InvalidInputException:  # line ends that no one style explains
        return _row_by_row(text, width)
    return _row_by_row(text, width) if spread else lines or []


def _row_by_row(text: Path, width: int) -> list[int]:
    """The same where a cell runs over several lines: slower, one row after the other."""
    found = []
    with text.open(encoding="utf-8", newline="") as file:
        for row in (reader := csv.reader(file)):
            if len(row) > width:
                found.append(reader.line_num)
                if len(found) == SHOWN:
                    break
    return found
