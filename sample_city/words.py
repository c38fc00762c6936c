"""The words of words.toml, ready to be picked by arrays of indices."""

import tomllib
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl


@cache
def words() -> dict:
    """words.toml, parsed once."""
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))


def pick(values: list[str], index: np.ndarray) -> pl.Series:
    """values[index] as a text column; an index below zero gives an empty cell."""
    index = np.asarray(index)
    gathered = pl.Series("w", values, dtype=pl.String).gather(np.maximum(index, 0))
    return gathered if index.min(initial=0) >= 0 else gathered.set(pl.Series(index < 0), None)


@cache
def pairs(section: str, key: str) -> tuple[list[str], list[str]]:
    """The two halves of "word:reading" entries, as two lists."""
    halves = [entry.split(":", 1) for entry in words()[section][key]]
    return [left for left, _ in halves], [right for _, right in halves]


@cache
def towns() -> list[tuple[int, str]]:
    """Every town with the number of its ward, in ward order."""
    return [(ward, town) for ward, names in enumerate(pairs("places", "wards")[1]) for town in names.split(",")]


def ward_table() -> pl.DataFrame:
    """地区割: sixty wards in twelve districts, five wards each."""
    names, districts = pairs("places", "wards")[0], words()["places"]["districts"]
    return pl.DataFrame({
        "ward_code": [f"{ward + 1:04d}" for ward in range(len(names))],
        "ward_name": names,
        "district_code": [f"D{ward // 5 + 1:02d}" for ward in range(len(names))],
        "district_name": [f"第{ward // 5 + 1}地区（{districts[ward // 5]}）" for ward in range(len(names))],
    })
