"""The parts of a release: every person in exactly one part of each theme, and every part safe to tell.

A part is safe when it is of at least LEAST persons, when none of them has most of an amount (MOST_SHARE), and when
against every earlier release it has either not changed at all or by the amounts of at least LEAST persons. What is too
small is put together with its neighbours under the same district (and the same first dimension) until it is safe; no
figure is left out, so no figure can be found by subtraction. docs/decisions.md §131–§133 prove it, and say from what.
"""

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from data_access.metric import TOGETHER

LEAST = 10
ALONE = 14  # a value stands by itself from here on: whoever knows why the others do not, knows only that each is of 0 to 13
MOST_SHARE = 85  # percent of an amount that one person may have
PERSON, HERE = "atena_number", "is_here"
PROTECTED, ELSEWHERE = "S00", "X00"
PEOPLE = "people"


def release(now: pl.DataFrame, earlier: Sequence[pl.DataFrame], dimensions: Sequence[str], measures: Sequence[str]) -> pl.DataFrame:
    """One row per part: its values of `dimensions` (TOGETHER or ELSEWHERE for several) and its measures.

    `now` and each of `earlier`: one row per person with `atena_number`, the dimensions and the measures. No row at all when
    the whole city is not safe. Of measures other than the first group's only those who have any should be in the frames."""
    amounts = [name for name in measures if name != PEOPLE]
    frame = _with_changes(now, earlier, dimensions, amounts)
    rows = [{**labels, **_measured(part, measures)} for labels, part in _parts(frame, dimensions, amounts)] if _is_safe(frame, amounts) else []
    schema = {**dict.fromkeys(dimensions, pl.String), **dict.fromkeys(measures, pl.Int64)}
    return pl.DataFrame(rows, schema=schema, orient="row").sort(dimensions)


def _parts(frame: pl.DataFrame, dimensions: Sequence[str], amounts: Sequence[str]) -> Iterator[tuple[dict[str, str], pl.DataFrame]]:
    if not dimensions:
        yield {}, frame
        return
    first, *others = dimensions
    for value, part in _cut(frame, first, amounts):
        for labels, smaller in _parts(part, others, amounts):
            yield {first: value, **labels}, smaller


def _cut(frame: pl.DataFrame, dimension: str, amounts: Sequence[str]) -> list[tuple[str, pl.DataFrame]]:
    """`frame`, which is safe, by the values of one dimension: safe parts by themselves, the others together, and with them as
    many of the smallest safe ones as it takes."""
    own = sorted(((value, part) for (value,), part in frame.group_by(dimension, maintain_order=True)), key=lambda each: (_people(each[1]), each[0]))
    alone = [value for value, part in own if value != PROTECTED and _people(part) >= ALONE and _is_safe(part, amounts)]
    if len(alone) == len(own):
        return own
    while alone and not _is_safe(frame.filter(~pl.col(dimension).is_in(alone)), amounts):
        alone = alone[1:]
    together = frame.filter(~pl.col(dimension).is_in(alone))
    return [*((value, part) for value, part in own if value in alone), (ELSEWHERE if dimension == "district" else TOGETHER, together)]


def _people(part: pl.DataFrame) -> int:
    return part[HERE].sum()


def _is_safe(part: pl.DataFrame, amounts: Sequence[str]) -> bool:
    if _people(part) < LEAST:
        return False
    for name in (name for name in amounts if name.endswith("_yen")):
        if part[name].max() * 100 > part[name].sum() * MOST_SHARE:
            return False
    of = (name.removeprefix("changed_") for name in part.columns if name.startswith("changed_"))
    return all((changed := part[f"changed_{name}"].sum()) >= LEAST or changed + part[f"moved_{name}"].sum() == 0 for name in of)


def _measured(part: pl.DataFrame, measures: Sequence[str]) -> Mapping[str, int]:
    return {name: _people(part) if name == PEOPLE else part[name].sum() for name in measures}


def _with_changes(now: pl.DataFrame, earlier: Sequence[pl.DataFrame], dimensions: Sequence[str], amounts: Sequence[str]) -> pl.DataFrame:
    """`now`, and below it for each earlier release those who have left a part since (is_here false, no amount).

    changed_<amount>_<release>: the person's own amount is another one than then; moved_…: the same amount in another part."""
    found = [now.select(PERSON, *dimensions, *amounts, pl.lit(1).alias(HERE))]
    for number, before in enumerate(earlier):
        then = before.select(PERSON, *(pl.col(name).alias(f"{name}_then") for name in (*dimensions, *amounts)))
        both = now.select(PERSON, *dimensions, *amounts).join(then, on=PERSON, how="full", coalesce=True)
        is_elsewhere = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_then")) for name in dimensions)
        marks = []
        for name in amounts:
            changed = pl.col(name).fill_null(0) != pl.col(f"{name}_then").fill_null(0)
            marks += [changed.cast(pl.Int64).alias(f"changed_{name}_{number}"),
                      (is_elsewhere & ~changed).cast(pl.Int64).alias(f"moved_{name}_{number}")]
        marked = both.with_columns(is_elsewhere.alias("is_elsewhere"), *marks)
        here = marked.filter(pl.col(dimensions[0]).is_not_null()).select(PERSON, pl.col(r"^(changed|moved)_.*$"))
        found[0] = found[0].join(here, on=PERSON, how="left", maintain_order="left")
        gone = marked.filter(pl.col("is_elsewhere") & pl.col(f"{dimensions[0]}_then").is_not_null())
        found.append(gone.select(PERSON, *(pl.col(f"{name}_then").alias(name) for name in dimensions),
                                 *(pl.lit(0, pl.Int64).alias(name) for name in amounts), pl.lit(0).alias(HERE), pl.col(r"^(changed|moved)_.*$")))
    return pl.concat(found, how="diagonal").with_columns(pl.col(r"^(changed|moved)_.*$").fill_null(0))
