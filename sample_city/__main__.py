"""`python -m sample_city --persons 20000 --seed 1 --to <inbox>`: write the fictional city's feeds."""

import argparse
from datetime import date
from pathlib import Path

from sample_city.city import build
from sample_city.clock import Clock


def main() -> None:
    """Read the command line and write the feeds."""
    parser = argparse.ArgumentParser(prog="sample_city", description="架空の いなば市 の連携ファイルを作ります。")
    parser.add_argument("--persons", type=int, default=20_000, help="住民の数（300〜3,000,000）")
    parser.add_argument("--seed", type=int, default=1, help="乱数の種（同じ種なら同じファイル）")
    parser.add_argument("--to", type=Path, required=True, help="連携ファイルの置き場（inbox）")
    parser.add_argument("--business-date", type=date.fromisoformat, default=date(2026, 10, 30), help="最後の業務日")
    parser.add_argument("--days", type=int, default=2, help="業務日数（初日は全件、ほかは差分）")
    parser.add_argument("--full-on", type=date.fromisoformat, nargs="*", default=[], help="初日のほかに全件を送る業務日")
    chosen = parser.parse_args()
    if not 300 <= chosen.persons <= 3_000_000:
        parser.error("--persons は 300 から 3000000 の間で指定してください。")
    build(chosen.to, chosen.persons, chosen.seed, Clock(chosen.business_date, chosen.days, tuple(chosen.full_on)))


if __name__ == "__main__":
    main()
