"""The parts of a release: every person in exactly one part of each theme, and every part safe to tell.

A part is safe when it is of at least LEAST persons, when none of them has most of an amount (MOST_SHARE), and when no
difference to an earlier release is of fewer than LEAST: it has not changed at all since, or by the amounts of LEAST persons;
and of each part told then it holds nobody or LEAST. Of LEAST persons it tells an amount that no release told before, or it tells
nothing new (_is_told_before). What is too small is put together with its neighbours (under the same value of the dimension
before) until it is safe; no figure is left out, so none can be found by subtraction. docs/decisions.md §131–§133 and §136 prove
it, and say from what; analysis_witness.py looks at all themes of a month together.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from data_access.analysis_metric import DISTRICT, TOGETHER

LEAST = 10
ALONE = 14  # a value stands by itself from here on: whoever knows why the others do not, knows only that each is of 0 to 13
MOST_SHARE = 85  # percent of an amount that one person may have
PERSON, HERE = "atena_number", "is_here"
PROTECTED, ELSEWHERE = "S00", "X00"
PEOPLE = "people"


@dataclass(frozen=True)
class Earlier:
    """An earlier release: its persons as they were then, and the parts that were told of them (rows of `release`)."""

    persons: pl.DataFrame
    told: pl.DataFrame


Part = tuple[dict[str, str], pl.DataFrame]  # its values of the dimensions, and the marked persons in it


def release(now: pl.DataFrame, earlier: Sequence[Earlier], dimensions: Sequence[str], measures: Sequence[str]) -> pl.DataFrame:
    """The parts of one theme by itself, as `rows` has them. `now` and the persons of `earlier`: as for `marked`."""
    amounts = amounts_of(measures)
    return rows(parted(marked(now, earlier, dimensions, amounts), dimensions, amounts, LEAST), dimensions, measures)


def amounts_of(measures: Sequence[str]) -> list[str]:
    """What is summed of each person, beside the number of persons."""
    return [name for name in measures if name != PEOPLE]


def parted(frame: pl.DataFrame, dimensions: Sequence[str], amounts: Sequence[str], least: int) -> list[Part]:
    """The safe parts of a marked frame, each of `least` persons; none at all when the whole city is not safe."""
    return list(_parts(frame, dimensions, amounts, least)) if _is_safe(frame, amounts, least) else []


def rows(parts: Sequence[Part], dimensions: Sequence[str], measures: Sequence[str]) -> pl.DataFrame:
    """One row per part: its values of `dimensions` (TOGETHER or ELSEWHERE for several) and its measures."""
    told = [{**labels, **_measured(part, measures)} for labels, part in parts]
    schema = {**dict.fromkeys(dimensions, pl.String), **dict.fromkeys(measures, pl.Int64)}
    return pl.DataFrame(told, schema=schema, orient="row").sort(dimensions)


def _parts(frame: pl.DataFrame, dimensions: Sequence[str], amounts: Sequence[str], least: int) -> Iterator[Part]:
    if not dimensions:
        yield {}, frame
        return
    first, *others = dimensions
    for value, part in _cut(frame, first, amounts, least):
        for labels, smaller in _parts(part, others, amounts, least):
            yield {first: value, **labels}, smaller


def _cut(frame: pl.DataFrame, dimension: str, amounts: Sequence[str], least: int) -> list[tuple[str, pl.DataFrame]]:
    """`frame`, which is safe, by the values of one dimension: safe parts by themselves, the others together, and with them as
    many of the smallest safe ones as it takes."""
    own = sorted(((value, part) for (value,), part in frame.group_by(dimension, maintain_order=True)), key=lambda each: (_people(each[1]), each[0]))
    alone = [value for value, part in own if value != PROTECTED and _people(part) >= least + ALONE - LEAST and _is_safe(part, amounts, least)]
    if len(alone) == len(own):
        return own
    while alone and not _is_safe(frame.filter(~pl.col(dimension).is_in(alone)), amounts, least):
        alone = alone[1:]
    together = frame.filter(~pl.col(dimension).is_in(alone))
    return [*((value, part) for value, part in own if value in alone), (ELSEWHERE if dimension == DISTRICT else TOGETHER, together)]


def _people(part: pl.DataFrame) -> int:
    return part[HERE].sum()


def _is_safe(part: pl.DataFrame, amounts: Sequence[str], least: int) -> bool:
    if _people(part) < least or not all(part[f"fresh_{name}"].sum() >= LEAST or is_told_before(part, name) for name in amounts):
        return False
    for name in (name for name in amounts if name.endswith("_yen")):
        if part[name].max() * 100 > part[name].sum() * MOST_SHARE:
            return False
    for then in (name for name in part.columns if name.startswith("then_")):  # null for whoever was not in this part then
        if any(count < LEAST for count in part[then].drop_nulls().value_counts()["count"]):
            return False
    of = (name.removeprefix("changed_") for name in part.columns if name.startswith("changed_"))
    return all((changed := part[f"changed_{name}"].sum()) >= LEAST or changed + part[f"moved_{name}"].sum() == 0 for name in of)


def is_told_before(part: pl.DataFrame, amount: str) -> bool:
    """Whether this sum is one that an earlier release told, or several of its parts added up: the same persons with the same amounts."""
    for number in (name.removeprefix("then_") for name in part.columns if name.startswith("then_")):
        is_same = part[f"changed_{amount}_{number}"].sum() + part[f"moved_{amount}_{number}"].sum() == 0
        if is_same and part.group_by(f"then_{number}").agg(pl.len().alias("held"), pl.col(f"size_{number}").first()).select((pl.col("held") == pl.col(f"size_{number}")).all()).item():
            return True
    return False


def _measured(part: pl.DataFrame, measures: Sequence[str]) -> Mapping[str, int]:
    return {name: _people(part) if name == PEOPLE else part[name].sum() for name in measures}


def marked(now: pl.DataFrame, earlier: Sequence[Earlier], dimensions: Sequence[str], amounts: Sequence[str]) -> pl.DataFrame:
    """`now`, and below it for each earlier release that told something those who have left a part since (is_here 0, no amount).

    `now` and the persons of `earlier`: one row per person with `atena_number`, the dimensions and the amounts; of amounts other
    than the first group's only those who have any. fresh_<amount>: no earlier release had this amount of this person (taken from
    `now` when it is there); changed_<amount>_<release>: the person's own amount is another one than then; moved_…: the same amount
    in another part; then_<release>: the part that told of the person then, when the person was already here, null when not;
    size_<release>: of how many persons that part was."""
    earlier = [each for each in earlier if each.told.height]
    now = now if f"fresh_{amounts[0]}" in now.columns else fresh(now, [each.persons for each in earlier], amounts)
    found = [now.select(PERSON, *dimensions, *amounts, pl.col("^fresh_.*$"), pl.lit(1).alias(HERE))]
    for number, each in enumerate(earlier):
        then = each.persons.select(PERSON, *(pl.col(name).alias(f"{name}_then") for name in (*dimensions, *amounts)))
        both = now.select(PERSON, *dimensions, *amounts).join(then, on=PERSON, how="full", coalesce=True)
        both = both.with_columns(
            pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_then")) for name in dimensions).alias("is_elsewhere"),
            *((pl.col(name).fill_null(0) != pl.col(f"{name}_then").fill_null(0)).cast(pl.Int64).alias(f"changed_{name}_{number}") for name in amounts),
            place(each.told, both.select(pl.col(f"{name}_then").alias(name) for name in dimensions)).alias(f"then_{number}"),
        ).with_columns(
            *(((pl.col(f"changed_{name}_{number}") == 0) & pl.col("is_elsewhere")).cast(pl.Int64).alias(f"moved_{name}_{number}") for name in amounts),
            pl.when(pl.col(f"then_{number}").is_not_null()).then(pl.len().over(f"then_{number}")).alias(f"size_{number}"),
        )
        kept = pl.col(r"^(changed|moved|then|size)_\w+$")
        here = both.filter(pl.col(dimensions[0]).is_not_null()).with_columns(pl.when(~pl.col("is_elsewhere")).then(f"then_{number}").alias(f"then_{number}"))
        found[0] = found[0].join(here.select(PERSON, kept), on=PERSON, how="left", maintain_order="left")
        gone = both.filter(pl.col("is_elsewhere") & pl.col(f"{dimensions[0]}_then").is_not_null())
        found.append(gone.select(PERSON, *(pl.col(f"{name}_then").alias(name) for name in dimensions),
                                 *(pl.lit(0, pl.Int64).alias(name) for name in amounts), pl.lit(0).alias(HERE), kept))
    return pl.concat(found, how="diagonal").with_columns(pl.col(r"^(changed|moved|fresh)_.*$").fill_null(0))


def fresh(now: pl.DataFrame, before: Sequence[pl.DataFrame], amounts: Sequence[str]) -> pl.DataFrame:
    """`now` with fresh_<amount>: 1 where no frame of `before` has this amount of this person, 0 where one has."""
    for name in amounts:
        known = pl.concat([now.select(PERSON, name).clear(), *(each.select(PERSON, name) for each in before)]).unique().with_columns(pl.lit(0).alias(f"fresh_{name}"))
        now = now.join(known, on=[PERSON, name], how="left", maintain_order="left").with_columns(pl.col(f"fresh_{name}").fill_null(1))
    return now


def place(told: pl.DataFrame, persons: pl.DataFrame) -> pl.Series:
    """Which row of `told` (a release's parts) each of `persons` (their own values of its dimensions) is in; null without values."""
    dimensions = persons.columns
    labels = pl.DataFrame({"row": pl.int_range(told.height, eager=True), **{name: told[name] for name in dimensions}})
    found, above = persons.with_row_index("at"), []
    for name in dimensions:
        own = labels.select(*above, pl.col(name).alias("own")).unique().with_columns(pl.col("own").alias("label"))
        found = found.join(own, left_on=[*above, name], right_on=[*above, "own"], how="left", maintain_order="left")
        found = found.with_columns(pl.col("label").fill_null(ELSEWHERE if name == DISTRICT else TOGETHER).alias(name)).drop("label")
        above.append(name)
    return found.join(labels, on=dimensions, how="left", maintain_order="left").sort("at")["row"].alias("row")
