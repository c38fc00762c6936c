"""The manager's pages: one click over the real wire, the views behind their tabs, and the first comparison of two days. Each under a second,
at ten times the city (--times 10) under two; and the same questions beside PostgreSQL and pandas."""

import contextlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from auth.access import User
from bench import city, multiply, timing
from bench.rerun import click
from bench.rivals.beside import beside
from bench.timing import Figure
from data_access import (
    change,
    cohort,
    connection,
    forecast,
    query,
    suspension_comparison,
    write_off_effect,
)
from data_access.analysis import View, answer
from data_access.analysis_metric import themes
from pages.parts import wording
from pages.parts.rate_parts import DIMENSIONS
from tests.auth.visitor import Line, Server, Visitor

CHIEF = User("keisoku", "係長", "chief", "収納推進課")
CITY, CITY_LIMIT, LIMIT = 300_000, 1, 2  # persons; seconds a click up to there, and above
RUNS, FIRST_RUNS, PATIENCE = 7, 3, 600
PLAN_VIEWS = ("目標と進み", "時間と残り", "偏りと漏れ", "段階と分納")


def clicks(last_year: int) -> dict[str, tuple[str, str]]:
    """What is told → the page and its address."""
    return {
        "ホーム": ("home", ""),
        **{f"収納状況 内訳（{name}）": ("collection_rate", f"dimension={name}") for name in DIMENSIONS},
        "期限の見通し": ("deadlines", ""),
        "月次報告": ("monthly_report", ""),
        "年報（今年度）": ("annual_report", ""),
        "年報（前年度）": ("annual_report", f"report_year={wording.fiscal(last_year)}"),
        "増減の内訳": ("changes", ""),
        **{f"徴収計画 {name}": ("collection_plan", f"plan_view={name}") for name in PLAN_VIEWS},
        "執行停止候補": ("suspension_candidates", ""),
        "不納欠損": ("write_off", ""),
        "アドホック分析（公開の表）": ("adhoc_analysis", ""),
        "アドホック分析（いまの全員）": ("adhoc_analysis", "analysis_source=いまの全員（課内だけ）"),
    }


@dataclass
class Taken:
    """Seconds of each run, and the processor's seconds in them: where others share the machine, these are nearer to what one would wait alone."""

    runs: dict[str, list[float]] = field(default_factory=dict)
    worked: dict[str, list[float]] = field(default_factory=dict)

    def measure(self, sides: dict[str, Callable[[], object]], repeats: int, clock: Callable[[], float] = time.process_time) -> None:
        self.runs |= timing.side_by_side({name: self._noted(name, side, clock) for name, side in sides.items()}, repeats)

    def figures(self, limit: float, size: str) -> list[Figure]:
        return [timing.under(f"{name}（{size}）", runs, limit, f"CPU {timing.median(self.worked[name][1:] or self.worked[name]):.2f} s") for name, runs in self.runs.items()]

    def _noted(self, name: str, side: Callable[[], object], clock: Callable[[], float]) -> Callable[[], None]:
        def noted() -> None:
            before = clock()
            side()
            self.worked.setdefault(name, []).append(clock() - before)

        return noted


def measure(folder: Path, persons: int, times: int = 1) -> list[Figure]:
    """ダッシュボードの1クリックと、タブの中の問いと、2つの基準日の最初の比較と、PostgreSQL・pandas との比較。"""
    home = city.published(folder, persons, "two", days=2)
    if times > 1:
        home = multiply.multiplied(home, times)
    taken, people = Taken(), persons * times
    _clicks(home, taken)
    for name, ask in _answers().items():
        taken.measure({f"答え {name}": ask}, RUNS)
    taken.measure({"増減の内訳 2つの基準日の最初の比較": _first_comparison}, FIRST_RUNS)
    size = connection.engine().connection.cursor().execute("select count(*) from derived.installment_state").fetchone()[0]
    return taken.figures(CITY_LIMIT if people <= CITY else LIMIT, f"{people:,}人 {size:,}期別") + beside(CHIEF, RUNS, with_receipts=people <= CITY)


def _clicks(home: Path, taken: Taken) -> None:
    """Each page in a session of its own, so that the address decides what it shows."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(Server("app.py", home))
        visitor, name = Visitor(server), f"keisoku{server.port}"
        server.add(name, role="chief", districts="")
        visitor.sign_in(name)
        sides = {}
        for told, (page, query_string) in clicks(query.standing().fiscal_year - 1).items():
            line = stack.enter_context(visitor.line())
            click(line, "", PATIENCE)  # the browser's own first run; the very first opens the snapshot
            sides[f"1クリック {told}"] = lambda line=line, page=page, query_string=query_string: _clicked(line, page, query_string)
        taken.measure(sides, RUNS, lambda: _worked(server.process.pid))


def _worked(process: int) -> float:
    """The processor's seconds of a process so far."""
    told = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def _clicked(line: Line, page: str, query_string: str) -> None:
    if not click(line, page, PATIENCE, query_string) & {"dataframe", "metric", "alert"}:
        raise RuntimeError(f"{page} {query_string}: 画面に表も数字もありません。")


def _answers() -> dict[str, Callable[[], object]]:
    stands = query.standing()
    year, whole, before = stands.fiscal_year, {"district": None}, query.kept()[1].id
    chosen = dict(fiscal_year=year, year_class="合計", **whole)
    listed = dict(dimension="所得", part_key=None, year_class="合計", page_size=100, skipped=0, **whole)
    lost = [("事由", True), ("年数", True), ("逃したこと", False), ("逃したこと", True)]
    theme = next(iter(themes().values()))
    return {
        "収納状況 月別": lambda: query.ask(CHIEF, "rate_by_month", **chosen),
        "収納状況 見込と試し": lambda: forecast.forecasts(query.ask(CHIEF, "rate_by_year", **whole), stands.as_of),
        "収納状況 回収の進み": lambda: cohort.at_marks(query.ask(CHIEF, "rate_cohort", **whole), stands.as_of),
        "収納状況 滞納の期別の一覧": lambda: query.ask(CHIEF, "rate_rows", **listed),
        "執行停止候補 内訳": lambda: [query.ask(CHIEF, "suspension_breakdown", dimension="地区", verdict="資料不足", **whole), query.ask(CHIEF, "suspension_lacking", **whole)],
        "執行停止候補 前の基準日と比べる": lambda: suspension_comparison.compare(CHIEF, before, None),
        "不納欠損 決算への影響": lambda: write_off_effect.effect(CHIEF, None, year),
        "不納欠損 分析": lambda: [query.ask(CHIEF, "write_off_parts", dimension=name, is_booked=is_booked, **whole) for name, is_booked in lost],
        "アドホック分析 2つの切り口": lambda: answer(CHIEF, View(theme.id, theme.dimensions[:2], "unpaid_yen", {})),
    }


def _first_comparison() -> None:
    """Nobody has compared these two days yet."""
    served = connection.engine()
    served.compared.clear()
    change.compare(served, query.kept()[1].id)


if __name__ == "__main__":
    timing.command(measure, times=(1, "同じ市をこの数だけ並べる（10 で10倍）"))
