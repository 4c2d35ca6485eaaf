"""Chart geometry: values in, SVG coordinates out. Pure; the components draw it with classes only.

Time runs left to right in every language. Every mark has words for hover and screen readers, and the numbers are
repeated in a table that stands behind the chart.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from governance.web import formats
from governance.web.chart_shapes import (
    Bar,
    Bars,
    Chart,
    Dot,
    Event,
    Flag,
    Line,
    Point,
    Rect,
    Series,
    Spark,
    Table,
    Text,
    Zone,
)

__all__ = [
    "Bar",
    "Bars",
    "Chart",
    "Event",
    "Point",
    "Series",
    "Spark",
    "bar_chart",
    "line_chart",
    "nice_scale",
    "share_bars",
    "sparkline",
]

LEFT, RIGHT, TOP, BOTTOM = 44, 8, 18, 24
MAX_X_LABELS = 8
LABEL_WIDTH = 64
SMALLEST_SPREAD = 1e-6
TIP_Y = 11


@dataclass(frozen=True)
class Scale:
    """A linear scale over [low, high] onto pixels; `steps` are the round values of its grid."""

    low: float
    high: float
    base: float
    top: float
    steps: tuple[float, ...] = field(default=())

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.base - share * (self.base - self.top), 1)


def nice_scale(values: Iterable[float], *, base: float, top: float, steps: int = 4) -> Scale:
    """From zero, or from below the smallest negative value, to a round number above the largest."""
    found = [*values, 0.0]
    low, high = min(found), max(found)
    step = _round_up((high - low if high - low > SMALLEST_SPREAD else 1.0) / steps)
    first, last = math.floor(low / step), max(math.ceil(high / step), math.floor(low / step) + 1)
    grid = tuple(round(index * step, 10) for index in range(first, last + 1))
    return Scale(grid[0], grid[-1], base, top, grid)


def _round_up(step: float) -> float:
    power = 10.0 ** math.floor(math.log10(step))
    return next((nice * power for nice in (1, 2, 2.5, 5) if step <= nice * power * (1 + 1e-9)), 10 * power)


def _y_text(value: float) -> str:
    return formats.compact(value) if abs(value) >= 10_000 else formats.number(value)


def _path(points: Iterable[tuple[float, float] | None]) -> str:
    """A line through the points; a None lifts the pen."""
    parts: list[str] = []
    pen_down = False
    for point in points:
        if point is None:
            pen_down = False
            continue
        parts.append(f"{'L' if pen_down else 'M'}{point[0]:g} {point[1]:g}")
        pen_down = True
    return "".join(parts)


def _x_ticks(points: Sequence[Point], xs: Sequence[float], y: float, right: float) -> tuple[Text, ...]:
    named = [(x, point.tick) for x, point in zip(xs, points, strict=True) if point.tick]
    room = max(1, int((xs[-1] - xs[0] if len(xs) > 1 else LABEL_WIDTH) // LABEL_WIDTH) + 1)
    every = max(1, math.ceil((len(named) - 1) / max(1, min(room, MAX_X_LABELS) - 1)))
    return tuple(
        Text(x, y, text, "end" if x > right - LABEL_WIDTH / 3 and len(named) > 1 else "mid")
        for x, text in named[::every]
    )


def _y_ticks(scale: Scale, x: float) -> tuple[Text, ...]:
    return tuple(Text(x, scale(value), _y_text(value), "end") for value in scale.steps)


def line_chart(
    *,
    title: str,
    unit: str,
    series: Sequence[Series],
    summary: str = "",
    events: Sequence[Event] = (),
    width: int = 860,
    height: int = 240,
    text: Callable[[float], str] = formats.number,
) -> Chart:
    """Lines over one x axis, each with an optional band (`low` to `high` of its points) and a first, loud series."""
    points = series[0].points
    right, base, top = width - RIGHT, height - BOTTOM, TOP + (14 if events else 0)
    values = [v for line in series for p in line.points for v in (p.value, p.low, p.high) if v is not None]
    scale = nice_scale(values, base=base, top=top)
    gap = (right - LEFT) / max(1, len(points) - 1)
    xs = [round(LEFT + index * gap, 1) for index in range(len(points))]
    lines = tuple(
        Line(
            _path(None if p.value is None else (x, scale(p.value)) for x, p in zip(xs, line.points, strict=True)),
            "line is-second" if line.quiet else "line",
        )
        for line in series
    )
    return Chart(
        width, height, title, unit, summary, LEFT, right, top, base,
        table=_table(unit, series, text),
        x_ticks=_x_ticks(points, xs, height - 6, right),
        y_ticks=_y_ticks(scale, LEFT - 8),
        bands=tuple(filter(None, (_band(line, xs, scale) for line in series))),
        lines=lines,
        zones=_zones(series, xs, scale, gap, (LEFT, right), text),
        flags=tuple(_flag(event, xs, top, right) for event in events),
        legend=tuple((_legend_kind(line), line.name) for line in series),
    )  # fmt: skip


def _legend_kind(line: Series) -> str:
    if line.quiet:
        return "second"
    return "band" if any(point.low is not None for point in line.points) else "line"


def _band(line: Series, xs: Sequence[float], scale: Scale) -> str:
    known = [
        (x, p.low, p.high) for x, p in zip(xs, line.points, strict=True) if p.low is not None and p.high is not None
    ]
    if len(known) < 2:
        return ""
    upper = _path((x, scale(high)) for x, _low, high in known)
    return upper + "".join(f"L{x:g} {scale(low):g}" for x, low, _high in reversed(known)) + "Z"


def _zones(
    series: Sequence[Series], xs: Sequence[float], scale: Scale, gap: float, box: tuple[float, float],
    text: Callable[[float], str],
) -> tuple[Zone, ...]:  # fmt: skip
    left, right = box
    zones = []
    for index, x in enumerate(xs):
        here = [(line, line.points[index]) for line in series if line.points[index].value is not None]
        if not here:
            continue
        words = formats.series(
            f"{line.name} {text(point.value)}" if len(series) > 1 else text(point.value)
            for line, point in here
            if point.value is not None
        )
        start = max(left, x - gap / 2)
        title = f"{here[0][1].label}: {words}"
        late = x > left + (right - left) * 0.6
        tip = Text(x - 8 if late else x + 8, TIP_Y, title, "end" if late else "")
        dots = tuple(scale(point.value) for _line, point in here if point.value is not None)
        url = next((point.url for _line, point in here if point.url), "")
        zones.append(Zone(x, round(start, 1), round(min(right, x + gap / 2) - start, 1), title, url, dots, tip))
    return tuple(zones)


def _flag(event: Event, xs: Sequence[float], top: float, right: float) -> Flag:
    x = xs[event.index]
    late = x > right - 120
    return Flag(x, event.label, event.url, Text(x - 7 if late else x + 7, top, event.label, "end" if late else ""))


def _table(unit: str, series: Sequence[Series], text: Callable[[float], str]) -> Table:
    rows = tuple(
        (
            (point.label, *("–" if (v := line.points[index].value) is None else text(v) for line in series)),
            next((line.points[index].url for line in series if line.points[index].url), ""),
        )
        for index, point in enumerate(series[0].points)
    )
    return Table((unit, *(line.name for line in series)), rows)


def bar_chart(
    *,
    title: str,
    unit: str,
    series: Series,
    summary: str = "",
    tones: Sequence[str] = (),
    width: int = 860,
    height: int = 200,
    text: Callable[[float], str] = formats.number,
) -> Chart:
    """Upright bars, one a point; `tones` colours single bars by meaning."""
    points = series.points
    right, base = width - RIGHT, height - BOTTOM
    scale = nice_scale((p.value for p in points if p.value is not None), base=base, top=TOP)
    gap = (right - LEFT) / max(1, len(points))
    bar = round(min(gap * 0.72, 48), 1)
    xs = [round(LEFT + gap * (index + 0.5), 1) for index in range(len(points))]
    zero = scale(0)
    rects = []
    for index, (x, point) in enumerate(zip(xs, points, strict=True)):
        if point.value is None:
            continue
        y = scale(point.value)
        tone = tones[index] if index < len(tones) else ""
        path = f"M{x - bar / 2:g} {min(y, zero):g}h{bar:g}v{abs(zero - y):g}h{-bar:g}z"
        rects.append(Rect(path, f"bar is-{tone}" if tone else "bar", f"{point.label}: {text(point.value)}", point.url))
    return Chart(
        width, height, title, unit, summary, LEFT, right, TOP, zero,
        table=_table(unit, (series,), text),
        x_ticks=_x_ticks(points, xs, height - 6, right + LABEL_WIDTH),
        y_ticks=_y_ticks(scale, LEFT - 8),
        rects=tuple(rects),
    )  # fmt: skip


def sparkline(
    values: Sequence[float | None], *, target: float | None = None, label: str = "", width: int = 72, height: int = 24
) -> Spark:
    """The shape of a series, without axes; a dashed line where the target is."""
    known = [value for value in (*values, target) if value is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    scale = Scale(low, high if high > low else low + 1, height - 2, 2)
    gap = (width - 4) / max(1, len(values) - 1)
    points = [None if v is None else (round(1 + i * gap, 1), scale(v)) for i, v in enumerate(values)]
    last = next((Dot(*point) for point in reversed(points) if point), None)
    return Spark(width, height, _path(points), last, "" if target is None else f"M0 {scale(target):g}H{width}", label)


def share_bars(
    items: Iterable[tuple[str, float, str]],
    *,
    total: float | None = None,
    text: Callable[[float], str] = formats.number,
) -> Bars:
    """Rows of (label, value, url) for `<c-bars>`; with a total each says its share of it."""
    rows = list(items)
    bars = tuple(
        Bar(label, value, text(value), url, formats.percent(value / total) if total else "")
        for label, value, url in rows
    )
    return Bars(max((value for _label, value, _url in rows), default=0) or 1, bars)
