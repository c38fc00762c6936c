"""Rows that point at nothing, that delete another row than they name, and histories that do not end in one latest row: set
aside until nothing more falls.

A row set aside may leave others behind that pointed at it; they are set aside too, with that as their reason. Where
the rows came on an earlier day there is nothing to set aside: a person decides.
"""

from collections.abc import Callable
from pathlib import Path

import duckdb

from data_access import quarantine, staging
from data_access.contract import Column, Table, systems, tables
from data_access.feed_rules import literal, typed
from data_access.feed_schedule import HELD, SET_ASIDE, TOLD, Problem
from data_access.quarantine import Sheet

MEND_BOTH = "と同じ日の抽出か確かめて送り直してください。"
DELETION = "削除フラグ"
HISTORY_SAYS = "最新フラグが1の行が、履歴番号の一番大きい1行だけではありません"


class Sieve:
    """The restricted layer being built, and the sheets whose rows may still be set aside."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, restricted: Path, sheets: dict[str, Sheet], old: Callable[[str], Path | None]) -> None:
        self.connection, self.restricted, self.sheets, self.old = connection, restricted, sheets, old
        self.problems: list[Problem] = []
        self.lost: list[tuple[Table, Column, Table, int]] = []  # what points at nothing, as the last look at every reference found it

    def run(self, place: Callable[[Sheet], None]) -> list[Problem]:
        """Set aside to the fixed point; `place` lays a changed sheet anew. Returns every problem found."""
        for name in self._deletions():
            place(self.sheets[name])
        while moved := self._histories() | self._references():
            for name in moved:
                place(self.sheets[name])
        return self.problems + self._left_over()

    def _deletions(self) -> set[str]:
        """削除 of a row that is there with other numbers is set aside, since nobody can tell which of the two is meant; 削除
        of a row that is not there takes nothing away and is told."""
        moved = set()
        for sheet in self.sheets.values():
            table, old = sheet.table, self.old(sheet.table.name)
            if not table.takes_rows_away or sheet.feed.is_whole or old is None:
                continue
            there, key = f"read_parquet({literal(str(old))})", ", ".join(table.key)
            leaving = f"(select * from {sheet.parquet} where is_deleted)"
            own = {column.name: column.label for column in table.columns if column.references}
            other = " or ".join(f"leaving.{name} is distinct from there.{name}" for name in own) or "false"
            rows, count = quarantine.rows_of(self.connection, sheet, f"select {key} from {leaving} anti join {there} using ({key})")
            if count:
                self.problems.append(sheet.feed.problem("削除する行が前日までにありません（何も消していません）", "番号を確かめてください。", rows=rows, column=DELETION,
                                                        count=count, severity=TOLD))
            if self._move(table, f"削除する行と、前日までのその行の{'か'.join(own.values())}が違います",
                          f"select {_names('leaving', table.key)} from {leaving} as leaving join {there} as there using ({key}) where {other}",
                          "消す行の番号を確かめて送り直してください。", DELETION):
                moved.add(table.name)
        return moved

    def _histories(self) -> set[str]:
        moved = set()
        for table in (tables()[name] for name in self.sheets if tables()[name].has_history):
            fresh = self.sheets[table.name].parquet
            offending = f"select {_names('good', table.key)} from {fresh} as good semi join ({self._unfinished(table)}) using ({', '.join(table.key[:-1])})"
            if self._is_any(self._unfinished(table)) and self._move(table, HISTORY_SAYS, offending, "最新フラグと履歴番号を確かめ、その人の履歴をまとめて送り直してください。", "最新フラグ"):
                moved.add(table.name)
        return moved

    def _references(self) -> set[str]:
        moved, self.lost = set(), []
        for table, column, other in _pointing():
            count = self._count(self._lost(table, column, other, self._kept(table)))
            self.lost += [(table, column, other, count)] if count else []
            if table.name not in self.sheets or not count:
                continue
            lost = self._lost(table, column, other, staging.standing(self.sheets[table.name]))
            says = f"隔離した{other.label}の行を指しています"
            if other.name in self.sheets and self._move(table, says, f"{lost} and exists ({self._aside(table, column, other)})",
                                                        f"{other.label}の隔離した行が直れば取り込めます。", column.label):
                moved.add(table.name)
            if self._move(table, f"{other.label}にない番号を指しています", lost, other.label + MEND_BOTH, column.label):
                moved.add(table.name)
        return moved

    def _left_over(self) -> list[Problem]:
        """What is still wrong came on an earlier day, or is missing because a whole feed left it out."""
        return [Problem(systems()[table.system].name, table.label, f"前日までの行が、{other.label}から消えた番号を指しています",
                        f"{other.label}の送信元に、消してよい番号か確かめてください。", column=column.label, count=count, severity=HELD)
                for table, column, other, count in self.lost]

    def _move(self, table: Table, says: str, offending: str, remedy: str, label: str) -> bool:
        sheet = self.sheets[table.name]
        rows, count = quarantine.set_keys_aside(self.connection, sheet, f"「{label}」{says}", offending)
        if count:
            self.problems.append(sheet.feed.problem(says, remedy, rows=rows, column=label, count=count, severity=SET_ASIDE))
        return count > 0

    def _kept(self, table: Table) -> str:
        return f"read_parquet({literal(str(self.restricted / f'{table.name}.parquet'))})"

    def _unfinished(self, table: Table) -> str:
        """Keys whose rows do not have exactly one 最新フラグ = 1, or not at the highest 履歴番号."""
        key = ", ".join(table.key[:-1])
        return (f"select {key} from {self._kept(table)} group by {key} having count(*) filter (where is_latest) <> 1 "
                "or max(history_number) is distinct from max(history_number) filter (where is_latest)")

    def _lost(self, table: Table, column: Column, other: Table, rows: str) -> str:
        match = " and ".join(f"there.{theirs} = here.{own}" for theirs, own in _pairs(table, column, other).items())
        return (f"select {_names('here', table.key)} from {rows} as here where here.{column.name} is not null "
                f"and not exists (select 1 from {self._kept(other)} as there where {match})")

    def _aside(self, table: Table, column: Column, other: Table) -> str:
        pairs = _pairs(table, column, other)
        cells = ", ".join(f"{typed(other.column(theirs))} as {theirs}" for theirs in pairs)
        match = " and ".join(f"gone.{theirs} = here.{own}" for theirs, own in pairs.items())
        return f"select 1 from (select {cells} from aside.{other.name}) as gone where {match}"

    def _is_any(self, query: str) -> bool:
        return self.connection.execute(f"select exists ({query})").fetchone()[0]

    def _count(self, query: str) -> int:
        return self.connection.execute(f"select count(*) from ({query})").fetchone()[0]


def _pointing() -> list[tuple[Table, Column, Table]]:
    """Every reference of the contract: table, column, the table it points at."""
    return [(table, column, tables()[column.references.partition(".")[0]])
            for table in tables().values() for column in table.columns if column.references]


def _pairs(table: Table, column: Column, other: Table) -> dict[str, str]:
    """Their columns → ours: the reference itself, and what of their key we have too (a 期別 is that of the same 通知書番号)."""
    own = {each.name for each in table.columns} - {"history_number"}
    return {**{name: name for name in other.key if name in own}, column.references.partition(".")[2]: column.name}


def _names(alias: str, columns: tuple[str, ...]) -> str:
    return ", ".join(f"{alias}.{name}" for name in columns)
