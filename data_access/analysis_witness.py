"""All themes of a month together: no sum of released figures, added and taken from one another with any factors, over any number
of months, is of fewer than LEAST people, whoever knows in which part everybody was and whose amount changed when.

Of whatever this month adds, LEAST sets of people that have nobody in common each bear witness: they are people with an amount
that no release told before, and in each set every combination of this month's parts that tells anything is told of somebody.
So whatever is told concerns one of each set, LEAST at least. docs/decisions.md §136 has the proof. Where the witnesses are not
there, the parts are made larger until they are; one part for the whole city always has them.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from data_access.analysis_partition import (
    LEAST,
    PERSON,
    Earlier,
    Part,
    amounts_of,
    fresh,
    is_told_before,
    marked,
    parted,
    rows,
)

PRIME = 1_048_573  # what is independent modulo a prime is independent; the largest below 2**20, so that nothing overflows
LARGER = 5, 4  # the factor by which the parts are made larger


def releases(now: pl.DataFrame, earlier: Sequence[tuple[pl.DataFrame, Mapping[str, pl.DataFrame]]], themes: Mapping[str, Sequence[str]],
             measures: Sequence[str]) -> dict[str, pl.DataFrame]:  # fmt: skip
    """Theme → its parts (analysis_partition.rows), every theme cut as finely as all together are safe. `themes`: id → dimensions;
    `earlier`: of each earlier release its persons and, by theme, what it told."""
    amounts = amounts_of(measures)
    now = fresh(now, [persons for persons, told in earlier if any(parts.height for parts in told.values())], amounts)
    frames = {theme: marked(now, [Earlier(persons, told[theme]) for persons, told in earlier], dimensions, amounts) for theme, dimensions in themes.items()}
    least = LEAST
    while least <= now.height:
        parts = {theme: parted(frame, themes[theme], amounts, least) for theme, frame in frames.items()}
        if all(has_witnesses(list(parts.values()), amount) for amount in amounts):
            return {theme: rows(own, themes[theme], measures) for theme, own in parts.items()}
        least = least * LARGER[0] // LARGER[1]
    return {theme: rows([], dimensions, measures) for theme, dimensions in themes.items()}


def has_witnesses(themes: Sequence[Sequence[Part]], amount: str) -> bool:
    """Whether what the parts of these themes newly tell of `amount` has LEAST sets of witnesses. True: it has; False: none were found."""
    new = [frames for parts in themes if (frames := [frame for _, frame in parts if not is_told_before(frame, amount)])]
    if not new:
        return True
    width = sum(len(frames) for frames in new)
    needed = width - (len(new) - 1)  # each theme's parts add up to the same people, or to them less what was told before
    cells = None
    for first, frames in zip(np.cumsum([0, *(len(frames) for frames in new)]).tolist(), new, strict=False):
        own = pl.concat([frame.filter(pl.col(f"fresh_{amount}") == 1).select(PERSON, pl.lit(first + at).alias(f"at_{first}")) for at, frame in enumerate(frames)])
        cells = own if cells is None else cells.join(own, on=PERSON, how="full", coalesce=True)
    counted = cells.drop(PERSON).group_by(pl.all(), maintain_order=True).len()
    if cells.height < LEAST * needed:
        return False
    rarity = np.zeros(width, dtype=np.int64)
    listed = [([at for at in cell if at is not None], count) for *cell, count in counted.iter_rows()]
    for cell, count in listed:
        rarity[cell] += count
    return _packed(sorted(listed, key=lambda each: (min(rarity[each[0]]), each)), width, needed)


def _packed(cells: Sequence[tuple[list[int], int]], width: int, needed: int) -> bool:
    """Put each person into the emptiest set in which it says something new, until each set has `needed` that are independent."""
    sets = [_Set(width) for _ in range(LEAST)]
    for cell, count in cells:
        vector = np.zeros(width, dtype=np.int64)
        vector[cell] = 1
        for _ in range(min(count, LEAST)):
            if not any(each.takes(vector) for each in sorted(sets, key=lambda each: each.size) if each.size < needed):
                break
    return all(each.size == needed for each in sets)


class _Set:
    """Independent vectors modulo PRIME, in reduced form."""

    def __init__(self, width: int) -> None:
        self.rows, self.pivots = np.zeros((width, width), dtype=np.int64), []

    @property
    def size(self) -> int:
        return len(self.pivots)

    def takes(self, vector: np.ndarray) -> bool:
        """Add the vector when it is independent of those that are here."""
        own = self.rows[: self.size]
        left = (vector - vector[self.pivots] @ own) % PRIME
        if not left.any():
            return False
        pivot = int(left.argmax() if left.max() == 1 else np.flatnonzero(left)[0])
        left = left * pow(int(left[pivot]), -1, PRIME) % PRIME
        own -= np.outer(own[:, pivot], left)
        own %= PRIME
        self.rows[self.size] = left
        self.pivots.append(pivot)
        return True
