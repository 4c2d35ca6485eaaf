"""What chart geometry is given and gives back. The components draw these as they stand."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Point:
    """One value of a series. `label` says when or what in words; `tick` stands under the axis; None is a gap."""

    label: str
    value: float | None
    tick: str = ""
    url: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Series:
    name: str
    points: Sequence[Point]
    quiet: bool = False


@dataclass(frozen=True)
class Event:
    """Something that happened at a point: a dotted line with its name."""

    index: int
    label: str
    url: str = ""


@dataclass(frozen=True)
class Text:
    x: float
    y: float
    text: str
    anchor: str = ""


@dataclass(frozen=True)
class Line:
    path: str
    css: str


@dataclass(frozen=True)
class Zone:
    """What is pressed or hovered at one x: the words of all series there, and where their dots are."""

    x: float
    left: float
    width: float
    title: str
    url: str
    dots: tuple[float, ...]
    tip: Text


@dataclass(frozen=True)
class Rect:
    path: str
    css: str
    title: str
    url: str = ""


@dataclass(frozen=True)
class Flag:
    x: float
    label: str
    url: str
    text: Text


@dataclass(frozen=True)
class Table:
    """The numbers of a chart: the same that a person sees on hover."""

    head: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], str], ...]


@dataclass(frozen=True)
class Chart:
    width: int
    height: int
    title: str
    unit: str
    summary: str
    left: float
    right: float
    top: float
    base: float
    table: Table
    x_ticks: tuple[Text, ...] = ()
    y_ticks: tuple[Text, ...] = ()
    bands: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    zones: tuple[Zone, ...] = ()
    rects: tuple[Rect, ...] = ()
    flags: tuple[Flag, ...] = ()
    labels: tuple[Text, ...] = ()
    legend: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Dot:
    x: float
    y: float


@dataclass(frozen=True)
class Spark:
    width: int
    height: int
    path: str
    last: Dot | None
    target_path: str
    label: str


@dataclass(frozen=True)
class Bar:
    label: str
    value: float
    text: str
    url: str = ""
    note: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Bars:
    top: float
    bars: tuple[Bar, ...]
