"""Who lives in the city: households, their members, where they live and when they left."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sample_city.clock import NEVER, Clock
from sample_city.words import towns

SIZES = np.array([0.33, 0.29, 0.17, 0.14, 0.05, 0.02])
BLOCK = 50_000
PRESENT, MOVED_OUT, DEAD, REMOVED, OUTSIDE = range(5)


@dataclass
class Draw:
    """One block of the city: its own random stream, its own ranges of numbers.

    `spare`: a second stream for what came later, so that the old figures of a seed stay what they are.
    """

    random: np.random.Generator
    clock: Clock
    block: int

    @cached_property
    def spare(self) -> np.random.Generator:
        return self.random.spawn(1)[0]

    def aside(self) -> "Draw":
        """The same block drawing from a stream of its own."""
        return Draw(self.spare.spawn(1)[0], self.clock, self.block)

    def chance(self, share: float | np.ndarray, size: int) -> np.ndarray:
        """True for about `share` of `size` cases."""
        return self.random.random(size) < share

    def days(self, low: int, high: int, size: int) -> np.ndarray:
        """Day counts from low to high, both included."""
        return self.random.integers(low, high + 1, size)

    def beside(self) -> "Draw":
        """A stream of its own for the same block: what is drawn from it moves nothing else in the city."""
        return Draw(np.random.Generator(np.random.PCG64(self.random.bit_generator.seed_seq.spawn(1)[0])), self.clock, self.block)


@dataclass
class People:
    """Arrays by household (head_*, size, ward, exit …) and by person (household, place, age …)."""

    size: np.ndarray
    first: np.ndarray
    head_age: np.ndarray
    town: np.ndarray
    exit_on: np.ndarray
    exit_state: np.ndarray
    household: np.ndarray
    place: np.ndarray
    born_on: np.ndarray
    is_woman: np.ndarray
    moved_on: np.ndarray
    old_town: np.ndarray
    is_foreign: np.ndarray


def settle(draw: Draw, persons: int) -> People:
    """Exactly `persons` people in households of one to six."""
    random, last = draw.random, draw.clock.last
    drawn = random.choice(6, persons, p=SIZES / SIZES.sum()) + 1
    count = int(np.searchsorted(np.cumsum(drawn), persons)) + 1
    size = drawn[:count]
    size[-1] -= size.sum() - persons
    first = np.concatenate([[0], np.cumsum(size)[:-1]])
    household = np.repeat(np.arange(count), size)
    place = np.arange(persons) - first[household]
    head_age = _head_ages(draw, size)
    age = _ages(draw, head_age[household], place)
    exit_on, exit_state = _exits(draw, head_age, size)
    town = random.choice(len(towns()), count, p=_town_weights())
    is_woman = draw.chance(np.where(place == 0, 0.38, 0.5), persons)
    is_woman = np.where(place == 1, ~is_woman[first[household]], is_woman)
    return People(
        size, first, head_age, town, exit_on, exit_state, household, place,
        born_on=np.maximum(last - age * 365 - age // 4 - draw.days(1, 364, persons), -25_567),
        is_woman=is_woman,
        moved_on=_moves(draw, count),
        old_town=random.integers(0, len(towns()), count),
        is_foreign=draw.chance(0.02, count),
    )


def _head_ages(draw: Draw, size: np.ndarray) -> np.ndarray:
    bands = np.array([20, 25, 30, 40, 50, 60, 65, 70, 75, 80, 96])
    single = np.array([0.10, 0.09, 0.12, 0.11, 0.13, 0.08, 0.09, 0.10, 0.08, 0.10])
    family = np.array([0.01, 0.03, 0.14, 0.20, 0.19, 0.10, 0.10, 0.10, 0.07, 0.06])
    band = np.where(size == 1, draw.random.choice(10, size.size, p=single), draw.random.choice(10, size.size, p=family))
    return draw.random.integers(bands[band], bands[band + 1])


def _ages(draw: Draw, head: np.ndarray, place: np.ndarray) -> np.ndarray:
    spouse = head + draw.random.integers(-7, 5, head.size)
    child = head - draw.random.integers(24, 37, head.size) - place
    age = np.where(place == 0, head, np.where(place == 1, np.maximum(spouse, 20), child))
    return np.clip(age, 0, 104)


def _exits(draw: Draw, head_age: np.ndarray, size: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """When a household left the register, and why; NEVER for those who are here."""
    count, clock = size.size, draw.clock
    lot = draw.random.random(count)
    dying = np.where(head_age >= 75, 0.11, np.where(head_age >= 60, 0.035, 0.006)) + 0.065
    state = np.select([lot < 0.065, lot < dying, lot > 0.997, lot > 0.992], [MOVED_OUT, DEAD, REMOVED, OUTSIDE], PRESENT)
    left_on = draw.random.integers(clock.month_start[1], clock.first - 3, count)
    return np.where((state == PRESENT) | (state == OUTSIDE), NEVER, left_on), state


def _moves(draw: Draw, count: int) -> np.ndarray:
    """The day of a household's last move inside the city; a few fall on the days of the differences."""
    clock = draw.clock
    past = np.where(draw.chance(0.06, count), draw.random.integers(clock.month_start[24], clock.first, count), NEVER)
    if clock.last == clock.first:
        return past
    fresh = draw.chance(0.0004 * (clock.last - clock.first), count)
    return np.where(fresh, draw.random.integers(clock.first + 1, clock.last + 1, count), past)


def _town_weights() -> np.ndarray:
    weight = np.array([3.0 if ward < 30 else 1.0 for ward, _ in towns()]) * (1 + np.arange(len(towns())) % 3)
    return weight / weight.sum()


def atena(draw: Draw, person: np.ndarray) -> np.ndarray:
    """宛名番号 of persons, as integers; each block has its own range."""
    return 1_000_000_000 + draw.block * 1_000_000 + np.asarray(person) * 10 + 3


def household_number(draw: Draw, household: np.ndarray) -> np.ndarray:
    """世帯番号, as integers."""
    return 3_000_000_000 + draw.block * 1_000_000 + np.asarray(household) * 10 + 7
