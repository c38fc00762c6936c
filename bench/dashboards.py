"""The manager's pages: one click over the real wire, the views behind their tabs, and the first comparison of two days. Each under a second."""

import contextlib
from collections.abc import Callable
from pathlib import Path

from auth.access import User
from bench import city, timing
from bench.rerun import click
from bench.timing import Figure
from data_access import change, cohort, connection, forecast, query
from tests.auth.visitor import Server, Visitor

CHIEF = User("keisoku", "係長", "chief", "収納推進課")
LIMIT, RUNS, FIRST_RUNS = 1, 12, 3
CLICKS = {"ホーム": ("home", ""), "収納状況 内訳（期別）": ("collection_rate", ""), "収納状況 内訳（所得）": ("collection_rate", "dimension=所得"),
          "期限の見通し": ("deadlines", ""), "月次報告": ("monthly_report", ""), "増減の内訳（2度目から）": ("changes", "")}


def measure(folder: Path, persons: int) -> list[Figure]:
    """ダッシュボードの1クリックと、タブの中の問いと、2つの基準日の最初の比較。"""
    home = city.published(folder, persons, "two", days=2)
    clicks = _clicks(home)
    answers = [timing.under(f"答え {name}", timing.side_by_side({name: ask}, RUNS)[name], LIMIT) for name, ask in _answers().items()]
    size = connection.engine().connection.cursor().execute("select count(*) from source.installment").fetchone()[0]
    return [timing.under(f"1クリック {name}", runs, LIMIT) for name, runs in clicks.items()] + answers + [_first_comparison(size)]


def _clicks(home: Path) -> dict[str, list[float]]:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(Server("app.py", home))
        visitor, name = Visitor(server), f"keisoku{server.port}"
        server.add(name, role="chief", districts="")
        visitor.sign_in(name)
        line = stack.enter_context(visitor.line())
        line.run()
        sides = {told: (lambda page=page, query=query: click(line, page, query=query)) for told, (page, query) in CLICKS.items()}
        return timing.side_by_side(sides, RUNS)


def _answers() -> dict[str, Callable[[], object]]:
    stands = query.standing()
    year, whole = stands.fiscal_year, {"district": None}
    chosen = dict(fiscal_year=year, year_class="合計", **whole)
    listed = dict(dimension="所得", part_key=None, year_class="合計", page_size=100, skipped=0, **whole)
    return {
        "収納状況 月別": lambda: query.ask(CHIEF, "rate_by_month", **chosen),
        "収納状況 見込と試し": lambda: forecast.forecasts(query.ask(CHIEF, "rate_by_year", **whole), stands.as_of),
        "収納状況 回収の進み": lambda: cohort.at_marks(query.ask(CHIEF, "rate_cohort", **whole), stands.as_of),
        "収納状況 滞納の期別の一覧": lambda: query.ask(CHIEF, "rate_rows", **listed),
    }


def _first_comparison(installments: int) -> Figure:
    """Nobody has compared these two days yet: every installment of both is looked at."""
    served, older = connection.engine(), query.kept()[1].id

    def first() -> None:
        served.compared.clear()
        change.compare(served, older)

    return timing.under(f"増減の内訳 2つの基準日の最初の比較（{installments:,}期別）", timing.side_by_side({"first": first}, FIRST_RUNS)["first"], LIMIT)


if __name__ == "__main__":
    timing.command(measure)
