"""Geometry of what is shown by shade: chunks of a sweep, cells of a table, zones of a scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

CELL_WIDTH, CELL_HEIGHT = 11.6, 13.0
STEP_X, STEP_Y = 13.2, 15.0
SHADES = 5
MARKED = {"again": "heat-bad", "failed": "heat-failed"}
"""States that have a colour of their own, whatever the value."""


@dataclass(frozen=True)
class HeatCell:
    """One chunk or cell: its value (None is not done yet), what it is in words, where it leads.

    `state` is empty, `running` (outlined), `again` (done, but not at the first attempt) or `failed`.
    """

    value: float | None
    title: str = ""
    url: str = ""
    state: str = ""


@dataclass(frozen=True)
class Patch:
    path: str
    css: str
    title: str = ""
    url: str = ""


@dataclass(frozen=True)
class HeatStrip:
    width: float
    height: float
    label: str
    cells: tuple[Patch, ...]
    running: tuple[Patch, ...]


def shade(value: float | None, top: float) -> int:
    """0 for unknown, else 1 to 5 by the share of the largest value."""
    if value is None:
        return 0
    return min(SHADES, 1 + int(value / top * SHADES)) if top > 0 else 1


def heat_strip(cells: Sequence[HeatCell], *, label: str, per_row: int = 65) -> HeatStrip:
    """Cells in rows, darker for more. `label` says in words what the picture shows."""
    top = max((cell.value for cell in cells if cell.value is not None), default=0.0)
    patches, running = [], []
    for index, cell in enumerate(cells):
        row, column = divmod(index, per_row)
        x, y = round(column * STEP_X, 1), row * STEP_Y
        css = MARKED.get(cell.state) or f"heat{shade(cell.value, top)}"
        path = f"M{x:g} {y:g}h{CELL_WIDTH:g}v{CELL_HEIGHT:g}h{-CELL_WIDTH:g}z"
        patches.append(Patch(path, css, cell.title, cell.url))
        if cell.state == "running":
            running.append(
                Patch(f"M{x + 0.7:g} {y + 0.7:g}h{CELL_WIDTH - 1.4:g}v{CELL_HEIGHT - 1.4:g}h{1.4 - CELL_WIDTH:g}z", "")
            )
    rows = -(-len(cells) // per_row) if cells else 1
    width = min(len(cells), per_row) * STEP_X if len(cells) > per_row else per_row * STEP_X
    return HeatStrip(round(width - STEP_X + CELL_WIDTH, 1), rows * STEP_Y, label, tuple(patches), tuple(running))


@dataclass(frozen=True)
class HeatRow:
    label: str
    y: float
    cells: tuple[Patch, ...]


@dataclass(frozen=True)
class HeatMap:
    width: float
    height: float
    label: str
    columns: tuple[tuple[float, str], ...]
    rows: tuple[HeatRow, ...]


def heat_map(
    *,
    label: str,
    columns: Sequence[str],
    rows: Sequence[tuple[str, Sequence[HeatCell]]],
    head: float = 110,
    cell: float = 44,
) -> HeatMap:
    """A table of shades: row names at the start, column names on top."""
    top = max((c.value for _name, cells in rows for c in cells if c.value is not None), default=0.0)
    found = []
    for index, (name, cells) in enumerate(rows):
        y = 20.0 + index * 24
        patches = tuple(
            Patch(
                f"M{head + i * cell:g} {y:g}h{cell - 2:g}v22h{2 - cell:g}z",
                f"heat{shade(c.value, top)}",
                c.title,
                c.url,
            )
            for i, c in enumerate(cells)
        )
        found.append(HeatRow(name, y + 15, patches))
    heads = tuple((head + i * cell + (cell - 2) / 2, name) for i, name in enumerate(columns))
    return HeatMap(head + len(columns) * cell, 20.0 + len(rows) * 24, label, heads, tuple(found))


@dataclass(frozen=True)
class Gauge:
    """A scale in zones with a needle: a merchant's points on the way to the next step."""

    zones: tuple[Patch, ...]
    needle: str
    label: str


def gauge(value: float, *, top: float, bounds: Sequence[float], label: str, width: float = 200) -> Gauge:
    edges = [0.0, *bounds, top]
    zones = []
    for low, high in pairwise(edges):
        start, end = low / top * width, high / top * width
        lit = low <= value < high or (value >= top and high == top)
        zones.append(
            Patch(
                f"M{start + (1 if low else 0):g} 3h{end - start - (1 if low else 0) - (1 if high < top else 0):g}v6H{start + (1 if low else 0):g}z",
                "zone is-on" if lit else "zone",
            )
        )
    x = min(max(value, 0), top) / top * (width - 3)
    return Gauge(tuple(zones), f"M{x:g} 0h3v12h-3z", label)
