"""数字の辞書: what each figure of the screens is (metric.toml). Dashboards and their 「数字の根拠」 are made of it."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_suffix(".toml")
UNITS = ("yen", "percent", "point", "count")
EXACT = "analysis_exact"  # whose figures are the measures of アドホック分析, in the same file


class MetricInvalid(Exception):
    """metric.toml breaks its own rules; for the developer, never for staff."""


@dataclass(frozen=True)
class Metric:
    """One figure: `definition` and `article` in the office's words, what it `includes` and `excludes`; `column` of `question` (queries/) holds it,
    and so do the "question.column" of `also`. `unit` is one of UNITS."""

    id: str
    title: str
    definition: str
    article: str
    includes: tuple[str, ...]
    excludes: tuple[str, ...]
    question: str
    column: str
    unit: str
    also: tuple[str, ...] = ()

    @property
    def places(self) -> tuple[tuple[str, str], ...]:
        """Every (question, column) in which it stands, its own first."""
        return ((self.question, self.column), *(tuple(place.split(".")) for place in self.also))


@cache
def metrics() -> dict[str, Metric]:
    """id → figure, in the order of the file; the measures of アドホック分析 last. Raises MetricInvalid."""
    found: dict[str, Metric] = {}
    for each in _file()["metric"]:
        try:
            metric = Metric(**{name: tuple(value) if isinstance(value, list) else value for name, value in each.items()})
        except TypeError as wrong:
            raise MetricInvalid(f"{FILE.name} {each.get('id')}: {wrong}") from wrong
        if metric.id in found or metric.unit not in UNITS or not all((metric.title, metric.definition, metric.article, metric.includes, metric.excludes)):
            raise MetricInvalid(f"{FILE.name} {metric.id}: given twice, an unknown unit, or something of it is empty")
        found[metric.id] = metric
    for name, each in _file().get("measure", {}).items():
        found[f"analysis_{name}"] = Metric(f"analysis_{name}", each["title"], each["definition"], each["reference"], tuple(each["includes"].split("、")), tuple(each["excludes"].split("、")),
                                           EXACT, name, each["unit"])
    return found


@cache
def metrics_of(question: str) -> dict[str, Metric]:
    """Column → the figure that it holds, of one question; empty when none of its columns is in the dictionary."""
    return {column: metric for metric in metrics().values() for name, column in metric.places if name == question}


@cache
def sources_of(question: str) -> tuple[str, ...]:
    """The contract's tables that the question's figures count. Raises KeyError for a question that is not in the dictionary."""
    return tuple(_file()["question"][question]["sources"])


@cache
def _file() -> dict:
    return tomllib.loads(FILE.read_text("utf-8"))
