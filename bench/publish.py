"""How publishing grows: the same city at a tenth, a third and whole, from its feeds (CSV) to a published snapshot."""

from pathlib import Path

from bench import city, timing
from bench.timing import Figure

PARTS = (10, 3, 1)
GOAL_PER_MINUTE, GOAL_GIB, SPREAD = 3_000_000, 4, 1.1


def measure(folder: Path, persons: int) -> list[Figure]:
    """公開（CSV → スナップショット）は行数に比例するか。180,000 人なら 18,000・60,000・180,000 人で測る。"""
    made = {persons // part: city.making(city.published(folder, persons // part)) for part in PARTS}
    smallest, largest = made[persons // PARTS[0]], made[persons]
    whole = largest["city_seconds"] + largest["publish_seconds"]
    return [
        *(_size(size, each, is_city=size == persons) for size, each in made.items()),
        _growth(persons, smallest, largest),
        Figure(f"公開 {persons:,}人: 市の作成＋公開", f"{whole:.1f} s", "—", f"{whole:.1f} s", "< 300 s", whole < 300),
    ]


def _size(persons: int, made: dict, *, is_city: bool) -> Figure:
    """The rate is a goal at the city's size; a small one takes as long as its hundreds of questions do."""
    per_minute, peak = made["rows"] / made["publish_seconds"] * 60, made["peak_bytes"] / 2**30
    goal = f"≥ {GOAL_PER_MINUTE / 1e6:g} 百万行/分・" if is_city else ""
    return Figure(f"公開 {persons:,}人 {made['rows']:,}行", f"{made['publish_seconds']:.1f} s（{made['rows'] / made['publish_seconds']:,.0f} 行/秒）",
                  f"最大 {peak:.2f} GiB", f"{per_minute / 1e6:.1f} 百万行/分", f"{goal}< {GOAL_GIB} GiB",
                  peak < GOAL_GIB and (per_minute >= GOAL_PER_MINUTE or not is_city))


def _growth(persons: int, small: dict, large: dict) -> Figure:
    """Seconds may grow as the rows do, and a tenth more."""
    seconds, rows = large["publish_seconds"] / small["publish_seconds"], large["rows"] / small["rows"]
    return Figure(f"公開 {persons // PARTS[0]:,}人 → {persons:,}人（行は {rows:.1f} 倍）", f"{large['publish_seconds']:.1f} s", f"{small['publish_seconds']:.1f} s",
                  f"{seconds:.1f} 倍", f"≤ {rows * SPREAD:.1f} 倍", seconds <= rows * SPREAD)


if __name__ == "__main__":
    timing.command(measure)
