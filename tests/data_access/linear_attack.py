"""The attacker who may do anything that is linear: add up and take away whatever was ever released, with any factors.

It knows everything but the amounts: who was in which part in which month, and whose amount changed. A released sum is then one
equation; its unknowns are the amounts of single persons, one for each value that a person has had. Whatever can be worked out is
a combination of the equations. The attacker brings them into reduced form over and over, each time by other unknowns first, and
keeps the combination that concerns the fewest persons (information set decoding; over a prime field, in which a combination
with whole factors is one too)."""

import random
from collections.abc import Sequence

import numpy as np

PRIME = 1_048_573


def fewest(sums: Sequence[dict[str, int]], chance: random.Random, rounds: int) -> int:
    """The fewest persons of whose amounts `sums` (of each its person → amount) tell anything; 0 when there is no sum."""
    unknowns = sorted({(person, amount) for told in sums for person, amount in told.items()})
    if not unknowns:
        return 0
    place = {unknown: at for at, unknown in enumerate(unknowns)}
    told = np.zeros((len(sums), len(unknowns)), dtype=np.int64)
    for row, each in enumerate(sums):
        told[row, [place[unknown] for unknown in each.items()]] = 1
    columns, of = np.unique(told, axis=1, return_inverse=True)  # unknowns that stand in the same sums are told together or not at all
    of = of.ravel()
    persons = [{unknowns[at][0] for at in np.flatnonzero(of == column)} for column in range(columns.shape[1])]
    found = len({person for person, _ in unknowns})
    for each in range(rounds):
        order = sorted(range(len(persons)), key=lambda column: (-len(persons[column]) if each % 2 else 0, chance.random()))  # large groups first, or any
        for row in reduced(columns[:, order]):
            concerned = set().union(*(persons[order[at]] for at in np.flatnonzero(row)))
            found = min(found, len(concerned))
    return found


def reduced(told: np.ndarray) -> np.ndarray:
    """The rows other than zero of the reduced row echelon form."""
    left, rank = told % PRIME, 0
    for column in range(left.shape[1]):
        candidates = np.flatnonzero(left[rank:, column])
        if not candidates.size:
            continue
        at = rank + int(candidates[0])
        left[[rank, at]] = left[[at, rank]]
        left[rank] = left[rank] * pow(int(left[rank, column]), -1, PRIME) % PRIME
        factors = left[:, column].copy()
        factors[rank] = 0
        left = (left - np.outer(factors, left[rank])) % PRIME
        rank += 1
        if rank == left.shape[0]:
            break
    return left[:rank]
