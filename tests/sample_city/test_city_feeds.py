"""Every file is what 連携予定 says and what the contract allows."""

import hashlib
import re

import polars as pl
import pytest
from city_files import CLOCK, SEED, key_of, schedule

from data_access.contract.code_list import allowed
from law.my_number import looks_like_my_number
from sample_city.feed import DELETES, HISTORY, SYSTEMS, contract, tables

EVERY = [(system, table) for system in SYSTEMS for table in tables(system)]


def folders(inbox):
    for sequence, day in enumerate(CLOCK.feed_dates, start=1):
        for system in SYSTEMS if sequence == 1 else [system for system in SYSTEMS if system != "tainou"]:
            yield system, sequence, day, inbox / day.isoformat() / system


def test_the_schedule_names_every_table_with_its_bytes_rows_and_totals(inbox):
    for system, sequence, day, folder in folders(inbox):
        announced = schedule(folder)
        assert [entry["表"] for entry in announced] == list(tables(system)), f"seed {SEED}"
        for entry in announced:
            spec, content = tables(system)[entry["表"]], (folder / entry["ファイル名"]).read_bytes()
            assert entry["SHA-256"] == hashlib.sha256(content).hexdigest()
            assert (entry["連番"], entry["対象日"]) == (str(sequence), day.isoformat())
            assert (entry["区分"], entry["ファイル名"][-5]) == (("全件", "F") if sequence == 1 else ("差分", "D"))
            assert entry["文字コード"] == contract(system)["system"]["encoding"]
            lines = content.decode(entry["文字コード"]).split("\r\n")
            assert lines[-1] == ""
            assert int(entry["件数"]) == len(lines) - 2
            labels = [column["label"] for column in spec["columns"]] + (HISTORY if spec.get("history") else [])
            labels += HISTORY[-1:] if entry["表"] in DELETES and entry["区分"] == "差分" else []
            assert lines[0] == ",".join(labels)
        assert sorted(path.name for path in folder.iterdir()) == sorted([entry["ファイル名"] for entry in announced] + ["連携予定.csv"])


def test_control_totals_are_the_sums_of_their_columns(inbox, read):
    for system, _, day, folder in folders(inbox):
        for entry in schedule(folder):
            spec = tables(system)[entry["表"]]
            labels = {column["name"]: column["label"] for column in spec["columns"]}
            rows = read(entry["表"], day)
            expected = ";".join(f"{labels[name]}={rows[name].sum()}" for name in spec.get("control", []))
            assert entry["管理合計"] == expected, f"seed {SEED}: {entry['表']} {day}"


@pytest.mark.parametrize(("system", "table"), EVERY)
def test_cells_keep_the_contract(inbox, read, system, table):
    for day in CLOCK.feed_dates if system != "tainou" else CLOCK.feed_dates[:1]:
        rows = read(table, day)
        for column in tables(system)[table]["columns"]:
            broken = rows.filter(_breaks(column, rows[column["name"]], system))
            assert broken.is_empty(), f"seed {SEED}: {table}.{column['name']} {broken.head(3)}"
        assert rows.select(key_of(table)).is_unique().all(), f"seed {SEED}: {table} {day}"


def _breaks(column: dict, cells: pl.Series, system: str) -> pl.Series:
    """True where a cell breaks its column's rules."""
    kind, missing = column["type"], cells.is_null()
    if kind.startswith("code("):
        bad = ~cells.str.contains(rf"^\d{{{kind[5:-1]}}}$")
    elif kind.startswith("text("):
        bad = cells.str.len_chars() > int(kind[5:-1])
    elif kind == "date":
        bad = ~cells.str.contains(r"^\d{4}-\d\d-\d\d$" if contract(system)["system"]["encoding"] == "utf-8" else r"^\d{8}$")
        bad = bad | (cells.str.replace_all("-", "") < column.get("min", "19000101").replace("-", ""))
    elif kind == "choice":
        bad = ~cells.is_in(allowed(column)[0])
    elif kind == "flag":
        bad = ~cells.is_in(["0", "1"])
    else:
        bad = (cells < column.get("min", -10**12)) | (cells > column.get("max", 10**12))
    return (bad & ~missing) | (missing & column.get("required", False))


def test_references_resolve(read):
    for system, table in EVERY:
        for column in tables(system)[table]["columns"]:
            if "references" in column:
                target, name = column["references"].split(".")
                cells = read(table)[column["name"]].drop_nulls()
                lost = cells.filter(~cells.is_in(read(target)[name].implode()))
                assert lost.is_empty(), f"seed {SEED}: {table}.{column['name']} → {target} {lost.head(3)}"


def test_nothing_looks_like_a_my_number(inbox):
    for path in inbox.rglob("*_2*.csv"):
        encoding = contract(path.parent.name)["system"]["encoding"]
        text = path.read_bytes().decode(encoding)
        found = [run for run in re.findall(r"(?<!\d)\d{12}(?!\d)", text) if looks_like_my_number(run)]
        assert found == [], f"seed {SEED}: {path.name}"


def test_history_rows_follow_each_other(read):
    for table in ("person", "nhi_eligibility", "demand", "mailing_address", "protection", "resident_tax"):
        key = [name for name in key_of(table) if name != "history_number"]
        rows = read(table).with_columns(pl.col("history_number").cast(pl.Int64))
        grouped = rows.group_by(key).agg(
            newest=pl.col("history_number").filter(pl.col("is_newest") == "1"), last=pl.col("history_number").max(), count=pl.len())
        assert (grouped["newest"].list.len() == 1).all(), f"seed {SEED}: {table}"
        assert (grouped["newest"].list.first() == grouped["last"]).all(), f"seed {SEED}: {table}"
        assert (grouped["count"] == grouped["last"]).all(), f"seed {SEED}: {table}"
