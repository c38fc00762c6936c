"""Charts: four colours, zero baselines for bars and lines, lines labelled at their end, no tool bar, always with words."""

import math

import plotly.graph_objects as go
import streamlit as st

BLUE, SKY, ORANGE, GREY = "#0017C1", "#008BF2", "#C74700", "#7F7F7F"
INK, PAPER = "#1A1A1C", "#FFFFFF"
MOST_DOTS = 15
NOT_FROM_ZERO = "軸は0から始まらない"
PLOT_HIGH, LINE_HIGH = 270, 18  # of a chart with lines, and of a name in it, in pixels
TICK = {"ticks": "outside", "ticklen": 8, "tickcolor": "rgba(0,0,0,0)"}  # room between an axis and its words
FONT = '"Noto Sans CJK JP", "BIZ UDPGothic", sans-serif'


def _show(figure: go.Figure, alt: str, key: str, height: int = 340, right: int = 16) -> None:
    figure.update_layout(
        height=height, margin={"l": 8, "r": right, "t": figure.layout.margin.t or 16, "b": 8}, font={"family": FONT, "size": 14, "color": INK},
        plot_bgcolor="#FFFFFF", paper_bgcolor="#F8F8FB", showlegend=False, dragmode=False, hovermode="x unified",
        separators=".,")
    figure.update_yaxes(gridcolor="#E8E8EB", zerolinecolor="#7F7F7F", fixedrange=True, automargin=True)
    figure.update_xaxes(fixedrange=True, automargin=True)
    st.plotly_chart(figure, theme=None, key=key, alt=alt, config={"displayModeBar": False})


def lines(series: dict[str, tuple[list, list]], *, unit: str, alt: str, key: str, order: list[str] | None = None, marked: str = "", unfinished: dict[str, str] | None = None) -> None:
    """At most three lines, name → (x, y); the first is the subject, the others its comparison. Zero is the floor.

    `order` fixes the categories of the x axis, so that a line that starts later does not move them; an upright line stands at the
    one that `marked` names, with that name. `unfinished`: line → why its last point is not yet what the others are (年度途中); it is drawn
    hollow, joined to nothing, under those words."""
    figure, open_ends = go.Figure(), unfinished or {}
    if order:
        figure.update_xaxes(type="category", categoryorder="array", categoryarray=order, range=[-0.55, len(order) - 0.5], **TICK)  # the first name stands beside the zero of the other axis, not on it
    if marked:
        figure.add_shape(type="line", x0=order.index(marked), x1=order.index(marked), yref="paper", y0=0, y1=1, line={"color": GREY, "width": 1, "dash": "dot"})
        figure.add_annotation(x=order.index(marked), yref="paper", y=0.02, text=marked, showarrow=False, xanchor="left", xshift=6, yanchor="bottom", font={"color": INK, "size": 14})
        figure.update_xaxes(tickvals=order[5::6])
    highest = max(max(y) for _, y in series.values())
    raised = _apart({name: y[-1] for name, (_, y) in series.items()}, highest)
    for (name, (x, y)), colour, dash in zip(series.items(), (BLUE, GREY, ORANGE), ("solid", "dot", "dash"), strict=False):
        whole = len(x) - (name in open_ends)
        figure.add_scatter(x=x[:whole], y=y[:whole], name=name, mode="lines" if len(x) > MOST_DOTS else "lines+markers", line={"color": colour, "width": 3 if colour == BLUE else 2, "dash": dash},
                           hovertemplate=f"{name} %{{y:,}}{unit}<extra></extra>")
        if name in open_ends:
            figure.add_scatter(x=x[-1:], y=y[-1:], mode="markers", marker={"symbol": "circle-open", "size": 10, "color": colour, "line": {"width": 2}},
                               hovertemplate=f"{name} %{{y:,}}{unit}（{open_ends[name]}）<extra></extra>")
        place = order.index if order else float
        is_passed = any(place(other[0]) <= place(x[-1]) < place(other[-1]) for other, _ in series.values())  # another line runs on beside its end
        figure.add_annotation(x=x[-1], y=y[-1], text=name, showarrow=False, xanchor="left", xshift=8, yshift=_beside(y[-1], highest) if is_passed else raised[name], font={"color": colour, "size": 14})
    for end, why in {series[name][0][-1]: why for name, why in open_ends.items()}.items():
        figure.add_annotation(x=end, yref="paper", y=1, text=why, showarrow=False, yanchor="bottom", font={"color": INK, "size": 14})
        figure.update_layout(margin_t=28)
    figure.update_yaxes(rangemode="tozero", ticksuffix=unit, tickformat=",", **TICK)
    _show(figure, alt, key, right=96)  # room for the names at the ends of the lines


def _beside(end: float, highest: float) -> int:
    """How many pixels the name of a line that ends beside another is raised: below its end, above it where below are the words of the axis."""
    return -LINE_HIGH if highest > 0 and end / highest * PLOT_HIGH > 2 * LINE_HIGH else LINE_HIGH


def _apart(ends: dict[str, int], highest: int) -> dict[str, int]:
    """How many pixels each name at the end of its line is raised, so that no two stand on each other."""
    raised, lowest = {}, -LINE_HIGH
    for name, end in sorted(ends.items(), key=lambda each: each[1]):
        place = round(end / highest * PLOT_HIGH) if highest > 0 else 0
        lowest = max(place, lowest + LINE_HIGH)
        raised[name] = lowest - place
    return raised


def bars(names: list[str], values: list, *, unit: str, alt: str, key: str, before: list, before_name: str = "前年同日", average: list | float | None = None) -> None:
    """Horizontal bars from zero, each named with its value; an upright orange mark stands at `before`.

    `average`: one for all (an upright line, named) or one for each (a grey diamond)."""
    named = [f"{name}　<b>{value:,.2f}{unit}</b>" for name, value in zip(names, values, strict=True)]
    figure = go.Figure(go.Bar(x=values, y=named, orientation="h", marker={"color": BLUE}, width=0.6, hovertemplate="%{y}<extra></extra>"))
    figure.add_scatter(x=before, y=named, mode="markers", hovertemplate=f"{before_name} %{{x:,.2f}}{unit}<extra></extra>",
                       marker={"symbol": "line-ns-open", "size": 20, "color": ORANGE, "line": {"width": 3}})
    if isinstance(average, list):
        figure.add_scatter(x=average, y=named, mode="markers", hovertemplate=f"市の同じ区分 %{{x:,.2f}}{unit}<extra></extra>",
                           marker={"symbol": "diamond", "size": 11, "color": PAPER, "line": {"width": 2, "color": GREY}})
    elif average is not None:
        figure.add_shape(type="line", x0=average, x1=average, yref="paper", y0=0, y1=1, line={"color": GREY, "width": 2, "dash": "dot"})
        figure.add_annotation(x=average, yref="paper", y=1, text=f"市平均 {average:,.2f}{unit}", showarrow=False, xanchor="left", xshift=6, yanchor="bottom", font={"color": INK, "size": 14})
        figure.update_layout(margin_t=28)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(rangemode="tozero", gridcolor="#E8E8EB", ticksuffix=unit, tickformat=",")
    _show(figure, alt, key, height=max(180, 32 * len(names) + 60))


def dots(names: list[str], values: list[float], others: list[float], *, unit: str, alt: str, key: str, other_name: str) -> None:
    """Two marks a line, near each other: a blue dot, named with its value, and an upright orange mark. The axis runs over what is told only,
    whole units to both sides, and says so: from zero the difference between the two could not be seen."""
    from_, to = math.floor(min(values + others)) - 1, math.ceil(max(values + others)) + 1
    named = [f"{name}　<b>{value:,.2f}{unit}</b>" for name, value in zip(names, values, strict=True)]
    figure = go.Figure(go.Scatter(x=values, y=named, mode="markers", marker={"color": BLUE, "size": 12}, hovertemplate="%{y}<extra></extra>"))
    figure.add_scatter(x=others, y=named, mode="markers", hovertemplate=f"{other_name} %{{x:,.2f}}{unit}<extra></extra>",
                       marker={"symbol": "line-ns-open", "size": 20, "color": ORANGE, "line": {"width": 3}})
    figure.add_annotation(xref="paper", x=0, yref="paper", y=1, text=f"{NOT_FROM_ZERO}（{from_}{unit}から）", showarrow=False, xanchor="left", yanchor="bottom", font={"color": INK, "size": 14})
    figure.update_layout(margin_t=28)
    figure.update_yaxes(autorange="reversed", type="category")
    figure.update_xaxes(range=[from_, to], gridcolor="#E8E8EB", ticksuffix=unit, tickformat=",")
    _show(figure, alt, key, height=max(180, 32 * len(names) + 72))


def counts(names: list[str], values: list[int], *, unit: str, alt: str, key: str, most: int | None = None, muted: list[int] | None = None) -> None:
    """Horizontal bars from zero, each named with its whole number, in the order given; `most` ends the axis, alike beside others,
    and the places in `muted` are grey: what is put together from several."""
    named = [f"{name}　<b>{value:,}{unit}</b>" for name, value in zip(names, values, strict=True)]
    figure = go.Figure(go.Bar(x=values, y=named, orientation="h", marker={"color": [GREY if at in (muted or ()) else BLUE for at in range(len(values))]}, width=0.6, hovertemplate="%{y}<extra></extra>"))
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(rangemode="tozero", range=[0, most or max(values)], showticklabels=False, showgrid=False)
    _show(figure, alt, key, height=30 * len(names) + 40)


def signed(names: list[str], values: list[int], *, unit: str, alt: str, key: str) -> None:
    """Horizontal bars from zero to both sides, each named with its signed whole number: orange to the right is more, blue to the left less."""
    named = [f"{name}　<b>{'＋' if value > 0 else '−'}{abs(value):,}{unit}</b>" for name, value in zip(names, values, strict=True)]
    figure = go.Figure(go.Bar(x=values, y=named, orientation="h", marker={"color": [ORANGE if value > 0 else BLUE for value in values]}, width=0.6,
                              hovertemplate="%{y}<extra></extra>"))
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(showticklabels=False, showgrid=False)
    _show(figure, alt, key, height=30 * len(names) + 40)


def columns(parts: dict[str, list[int]], names: list[str], *, unit: str, per: int, alt: str, key: str) -> None:
    """Upright bars from zero, one per name, of at most two parts: blue below, orange on top. Values are told in units of `per`."""
    figure = go.Figure()
    for (part, values), colour in zip(parts.items(), (BLUE, ORANGE), strict=False):
        figure.add_bar(x=names, y=[value / per for value in values], name=part, marker={"color": colour},
                       hovertemplate=f"{part} %{{y:,.0f}}{unit}<extra></extra>")
    figure.update_layout(barmode="stack")
    figure.update_xaxes(type="category", rangemode="tozero", tickvals=names[::3], tickangle=0, range=[-1.6, len(names) - 0.4])  # room for the first name beside the zero
    figure.update_yaxes(rangemode="tozero", ticksuffix=unit, tickformat=",")
    _show(figure, alt, key, height=280)
