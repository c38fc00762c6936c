"""アドホック分析: a view (measure × dimensions of one theme × chosen values) over the released layer, for whoever may see it.

Every answer is a sum over released parts. Readers without persons get amounts rounded to UNIT yen, part by part, so that
the screen, a SELECT and an export add up the same numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from audit import log, refusal
from auth.access import User, scope
from data_access import analysis_metric
from data_access.analysis_metric import DISTRICT, TOGETHER
from data_access.analysis_partition import ELSEWHERE
from data_access.analysis_release import newest

UNIT = 1_000  # yen


class ViewInvalid(Exception):
    """A view that names no theme, dimension, measure or value of the dictionary. Says what to choose again."""


@dataclass(frozen=True)
class View:
    """What is asked: a theme, one or more of its dimensions in the order of the table, a measure; and of which values (all when absent)."""

    theme: str
    dimensions: tuple[str, ...]
    measure: str
    chosen: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Layer:
    """The released parts as one reader may have them: their day, their snapshot, and whether amounts are rounded."""

    snapshot_id: str
    as_of: date
    parts: pl.DataFrame
    is_rounded: bool


def layer(user: User) -> Layer:
    """The released layer. Raises NotAllowed, SnapshotRefused."""
    refusal.check_allowed(user, "analysis.read", "analysis")
    released, is_rounded = newest(), scope(user) == "none"
    yen = [name for name, measure in analysis_metric.measures().items() if measure.unit == "yen"]
    rounded = [((pl.col(name) + UNIT // 2) // UNIT * UNIT).alias(name) for name in yen] if is_rounded else []
    return Layer(released.snapshot_id, released.as_of, released.parts.with_columns(rounded), is_rounded)


def answer(user: User, view: View) -> tuple[Layer, pl.DataFrame]:
    """The layer, and one row per combination of the view's dimensions: their values in the dictionary's order (まとめ last), and
    every measure that is released together with the view's. Raises NotAllowed, ViewInvalid, SnapshotRefused, AuditUnavailable."""
    of = layer(user)
    _check(view, of)
    group = analysis_metric.measures()[view.measure].group
    parts = of.parts.filter(theme=view.theme, measure_group=group).filter(
        *(pl.col(name).is_in(list(values)) for name, values in view.chosen.items() if values))
    names = _names(of)
    found = parts.group_by(view.dimensions).agg(pl.col(analysis_metric.groups()[group]).sum())
    places = {name: [*values_of(of, view.theme, name)] for name in view.dimensions}
    found = found.sort(*(pl.col(name).replace_strict(places[name], list(range(len(places[name]))), return_dtype=pl.Int64) for name in view.dimensions))
    if DISTRICT in view.dimensions:
        found = found.with_columns(pl.col(DISTRICT).replace_strict(names).alias("district_name"))
    shown = ["district_name" if name == DISTRICT else name for name in view.dimensions]
    log.append(actor=user.name, action="analysis.read", question="analysis", snapshot_id=of.snapshot_id, row_count=found.height, detail=as_plain(view))
    return of, found.select(*shown, *analysis_metric.groups()[group])


def values_of(of: Layer, theme: str, dimension: str) -> dict[str, str]:
    """The values that the parts of a theme have, as they are asked for → as they are called; in the dictionary's order, after it
    those of a release that is older than the dictionary's words."""
    present = set(of.parts.filter(theme=theme)[dimension].drop_nulls())
    if dimension == DISTRICT:
        return {code: _names(of)[code] for code in sorted(present, key=lambda code: (code == ELSEWHERE, code))}
    words = analysis_metric.dimensions()[dimension].values
    return {value: value for value in (*words, *sorted(present - {*words, TOGETHER}), TOGETHER) if value in present}


def partial(view: View, found: pl.DataFrame) -> str | None:
    """The dimension of an answer whose named values are not all of their people: they were parted within another dimension that the
    view adds up, so that people of a named value are in the rest, too (ほかの地区, まとめ). None when every named value is whole."""
    order = analysis_metric.themes()[view.theme].dimensions
    for place, name in enumerate(order):
        column, rest = ("district_name", "ほかの地区") if name == DISTRICT else (name, TOGETHER)
        is_within_one = all(len(view.chosen.get(above, ())) == 1 for above in order[:place])
        if name in view.dimensions and place and not is_within_one and rest in found[column]:
            return name
    return None


def rest_named(found: pl.DataFrame) -> pl.DataFrame:
    """An answer for the eye: the rest says of what it is put together."""
    told = {column: f"{analysis_metric.dimensions()[column].title}のまとめ" for column in found.columns if column in analysis_metric.dimensions()}
    found = found.with_columns(pl.col(column).replace({TOGETHER: name}) for column, name in told.items())
    return found.with_columns(pl.col("district_name").replace({"ほかの地区": "分けられない人（ほかの地区）"})) if "district_name" in found.columns else found


def as_plain(view: View) -> dict[str, object]:
    """The view as JSON has it: for the log, a saved view, an order of an export."""
    return {"theme": view.theme, "dimensions": list(view.dimensions), "measure": view.measure, "chosen": {name: list(values) for name, values in view.chosen.items() if values}}


def from_plain(plain: Mapping[str, object]) -> View:
    """The view behind as_plain."""
    return View(plain["theme"], tuple(plain["dimensions"]), plain["measure"], {name: tuple(values) for name, values in plain["chosen"].items()})


def as_select(plain: Mapping[str, object], parts: pl.DataFrame) -> str:
    """The SELECT over an analyst's tables (statement.tables) that adds up the same parts as the view does."""
    view = from_plain(plain)
    measures = analysis_metric.groups()[analysis_metric.measures()[view.measure].group]
    names = dict(parts.filter(pl.col(DISTRICT).is_not_null()).select(DISTRICT, "district_name").unique().iter_rows())
    columns = ["district_name" if name == DISTRICT else name for name in view.dimensions]
    chosen = [f"{'district_name' if name == DISTRICT else name} in ({', '.join(_quoted(names.get(value, value)) for value in values)})" for name, values in view.chosen.items() if values]
    table = f"{view.theme}_{analysis_metric.measures()[view.measure].group}"
    return "\n".join([f"select {', '.join([*columns, *(f'sum({name}) as {name}' for name in measures)])}", f"from {table}", *([f"where {' and '.join(chosen)}"] if chosen else []),
                      "group by all", "order by all"])


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _names(of: Layer) -> dict[str, str]:
    named = of.parts.filter(pl.col(DISTRICT).is_not_null()).select(DISTRICT, "district_name").unique()
    return dict(named.iter_rows())


def _check(view: View, of: Layer) -> None:
    theme = analysis_metric.themes().get(view.theme)
    if theme is None or view.measure not in analysis_metric.measures() or not view.dimensions or len(set(view.dimensions)) != len(view.dimensions):
        raise ViewInvalid("組・切り口・値を選び直してください。")
    if not {*view.dimensions, *view.chosen} <= set(theme.dimensions):
        raise ViewInvalid(f"「{theme.title}」の切り口だけを組み合わせられます。選び直してください。")
    for name, values in view.chosen.items():
        if not set(values) <= {*values_of(of, view.theme, name), *analysis_metric.dimensions()[name].values, TOGETHER}:
            raise ViewInvalid(f"{analysis_metric.dimensions()[name].title}の値を選び直してください。")


def passports(measure: str, dimensions: Sequence[str]) -> pl.DataFrame:
    """What a view's measures and dimensions mean: metric_title, definition, includes, excludes, reference."""
    told = [analysis_metric.measures()[name] for name in analysis_metric.groups()[analysis_metric.measures()[measure].group]]
    told += [analysis_metric.dimensions()[name] for name in dimensions]
    return pl.DataFrame([{"metric_title": each.title, "definition": each.definition, "includes": getattr(each, "includes", ""),
                          "excludes": getattr(each, "excludes", ""), "reference": each.reference} for each in told])
