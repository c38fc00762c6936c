"""How publishing grows: the same city at a tenth and whole, from its feeds (CSV) to a published snapshot."""

from pathlib import Path
from statistics import median

from bench import city, timing
from bench.timing import Figure

SMALL_RUNS = 3


def measure(folder: Path, persons: int) -> list[Figure]:
    """公開（CSV → スナップショット）は人口に比例するか。大きい市は1回、10分の1の市は3回の中央値。"""
    small = [city.making(city.published(folder, persons // 10, f"small{run}")) for run in range(SMALL_RUNS)]
    large = city.making(city.published(folder, persons))
    small_seconds = median(made["publish_seconds"] for made in small)
    ratio = large["publish_seconds"] / small_seconds
    rows_ratio = large["rows"] / small[0]["rows"]
    whole = large["city_seconds"] + large["publish_seconds"]
    per_minute = large["rows"] / large["publish_seconds"] * 60
    peak = large["peak_bytes"] / 2**30
    large_name = f"公開 {persons:,}人 {large['rows']:,}行"
    return [
        Figure(f"公開 {persons // 10:,}人 → {persons:,}人（行は {rows_ratio:.1f} 倍）", f"{large['publish_seconds']:.1f} s (×1)",
               f"{small_seconds:.1f} s (×{SMALL_RUNS})", f"{ratio:.1f} 倍", "≤ 10 倍", ratio <= 10),
        Figure(f"{large_name}: 市の作成＋公開", f"{whole:.1f} s", "—", f"{per_minute / 1e6:.1f} 百万行/分（公開）", "< 300 s", whole < 300),
        Figure(f"{large_name}: 最大メモリ", f"{peak:.2f} GiB", "—", f"{peak:.2f} GiB", "< 4 GiB", peak < 4),
    ]


if __name__ == "__main__":
    timing.command(measure)
