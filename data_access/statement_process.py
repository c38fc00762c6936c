"""The process in which one SELECT of an analyst runs, and nothing else: started by statement.py, told everything on its
standard input, and answering on its standard output. It opens no file: the rows come with the question.

It lowers its own limits before it reads the question, holds one DuckDB in memory with external access off and its
configuration locked, and is killed from outside when its time is over.
"""

import json
import resource
import sys

MOST_ROWS, MOST_LETTERS = 10_000, 2_000_000
MEMORY = "512MB"
ADDRESS_SPACE = 1_536 * 2**20  # DuckDB's 512 MB, Python, and the answer
CPU_SECONDS = 20
WORDS = {  # a sign in DuckDB's own words → what an analyst is told before them
    "Referenced column": "その名前の列がありません。「使える表と列」で、列の名前を確かめてください。",
    "does not have a column named": "その名前の列がありません。「使える表と列」で、列の名前を確かめてください。",
    "must appear in the GROUP BY clause": "集計する列と、しない列がまざっています。しない列を group by に書いてください。",
    "Table with name": "その名前の表がありません。「使える表と列」で、表の名前を確かめてください。",
    "Function with name": "その名前の関数はありません。",
    "No function matches": "値の型（文字・数）が関数や計算に合いません。文字を数として計算していないか、確かめてください。",
    "Could not convert": "値の型が合いません。文字を数や日付に変えられません。",
    "Cannot compare": "値の型が合いません。文字と数を比べています。",
    "Ambiguous reference": "同じ名前の列が2つあります。どの表の列かを、表の名前を付けて書いてください。",
}
REFUSED, FAILED, TOO_LARGE, ROWS = "refused", "failed", "too_large", "rows"


def main() -> int:
    """Read {"sql", "tables": {name: {"columns": {name: type}, "rows": [[…]]}}}, write {"outcome", …}."""
    _lower_limits()
    asked = json.load(sys.stdin)
    try:
        answer = _answer(asked["sql"], asked["tables"])
    except MemoryError:
        answer = {"outcome": TOO_LARGE}
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, default=str))
    return 0


def _lower_limits() -> None:
    for limit, value in ((resource.RLIMIT_AS, ADDRESS_SPACE), (resource.RLIMIT_CPU, CPU_SECONDS), (resource.RLIMIT_FSIZE, 0),
                         (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NPROC, 0)):
        resource.setrlimit(limit, (value, value))


def _answer(sql: str, tables: dict) -> dict:
    import duckdb

    from data_access.question import tables_outside

    try:
        statements = duckdb.extract_statements(sql)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT or statements[0].named_parameters:
            return {"outcome": REFUSED, "told": "SELECT文を1つだけ書いてください。"}
        if outside := tables_outside(sql, frozenset(tables)):
            return {"outcome": REFUSED, "told": f"使えない表か関数があります: {', '.join(outside)[:200]}"}
    except duckdb.Error as error:
        return {"outcome": FAILED, "told": f"SQL として読めません。書き方（句の順、括弧、カンマ、引用符）を確かめてください。\n{_first_line(error)}"}
    with _layer(tables) as connection:
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))  # from here on it can open nothing: no file, no socket
        try:
            found = connection.execute(sql)
            columns = [column[0] for column in found.description]
            return _told(columns, found)
        except duckdb.OutOfMemoryException:
            return {"outcome": TOO_LARGE}
        except duckdb.Error as error:
            return {"outcome": FAILED, "told": _in_words(_first_line(error))}


def _layer(tables: dict):
    import duckdb

    connection = duckdb.connect(config={
        "memory_limit": MEMORY, "threads": 1, "temp_directory": "", "max_temp_directory_size": "0B", "python_enable_replacements": False,
        "autoinstall_known_extensions": False, "autoload_known_extensions": False, "allow_community_extensions": False})
    for name, table in tables.items():
        columns = ", ".join(f'"{column}" {kind}' for column, kind in table["columns"].items())
        connection.execute(f'create table "{name}" ({columns})')
        if table["rows"]:
            connection.executemany(f'insert into "{name}" values ({", ".join("?" for _ in table["columns"])})', table["rows"])
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection


def _told(columns: list[str], found) -> dict:
    rows, letters = [], 0
    while len(rows) <= MOST_ROWS and (row := found.fetchone()) is not None:
        rows.append([value if isinstance(value, int | str | bool | None) else str(value) for value in row])
        letters += sum(len(str(value)) for value in rows[-1])
        if letters > MOST_LETTERS:
            return {"outcome": TOO_LARGE}
    return {"outcome": ROWS, "columns": columns, "rows": rows[:MOST_ROWS], "is_cut": len(rows) > MOST_ROWS}


def _in_words(told: str) -> str:
    """What went wrong in the office's words, before what DuckDB says of it."""
    return next((f"{words}\n{told}" for sign, words in WORDS.items() if sign in told), f"文を実行できませんでした。\n{told}")


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:300]
