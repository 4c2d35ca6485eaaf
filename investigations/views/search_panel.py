"""What a search has found in bars: each facet with its counts, how they differ from the span before, and the address that narrows to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.web import charts, formats
from governance.web.charts import Bar, Bars, Chart
from governance.web.choices import Option
from investigations.enums import Span
from investigations.filters import language
from investigations.filters.explore import SearchFilter
from investigations.queries.search_figures import Counted, Found
from investigations.queries.searched import Facet

MOST_BARS = 72
SPAN_SHORT: dict[str, str | Promise] = {
    "": gettext_lazy("Any time"),
    Span.DAY: gettext_lazy("24 h"),
    Span.WEEK: gettext_lazy("7 d"),
    Span.MONTH: gettext_lazy("30 d"),
    Span.QUARTER: gettext_lazy("90 d"),
    Span.YEAR: gettext_lazy("1 y"),
}


@dataclass(frozen=True)
class Counts:
    key: str
    title: str
    bars: Bars


@dataclass(frozen=True)
class Panel:
    chart: Chart | None
    facets: Sequence[Counts]
    spans: Sequence[Option]
    span: str
    moments: Sequence[Option]
    moment: str
    compared: bool
    change: str


def panel(found: Found, shown: SearchFilter, query: QueryDict) -> Panel:
    compared = shown.window.start is not None and found.before > 0
    return Panel(
        chart=_chart(found, shown, query),
        facets=[
            Counts(facet.key, str(facet.title), _bars(found.facets[facet.key], facet, query, compared=compared))
            for facet in shown.searched.facets
            if found.facets.get(facet.key)
        ],
        spans=[
            Option(key, label, url=_with(query, span=key, days_after="", days_before=""))
            for key, label in SPAN_SHORT.items()
        ],
        span=query.get("span", ""),
        moments=[
            Option(each.value, each.label, url=_with(query, moment=each.value)) for each in shown.searched.moments
        ],
        moment=shown.happened.value,
        compared=compared,
        change=_change(found.now, found.before) if compared else "",
    )


def _bars(rows: Sequence[Counted], facet: Facet, query: QueryDict, *, compared: bool) -> Bars:
    names = facet.names([row.value for row in rows], language()) if facet.names else {}
    bars = tuple(
        Bar(
            names.get(row.value) or row.value or _("None"),
            row.now,
            formats.number(row.now),
            _narrowed(query, facet, row.value),
            formats.signed(row.now - row.before) if compared else "",
        )
        for row in rows
    )
    return Bars(max((row.now for row in rows), default=0) or 1, bars)


def _change(now: int, before: int) -> str:
    """Against the span before: by how much, and by how many hundredths where there was something."""
    if not before:
        return _("new") if now else ""
    return f"{formats.signed(now - before)} ({formats.signed(round((now - before) / before * 100))} %)"


# --- addresses -------------------------------------------------------------------------------------


def _narrowed(query: QueryDict, facet: Facet, value: str) -> str:
    """The address that shows these alone; empty where that is in force already, or nothing can ask for it."""
    if not value or value in query.getlist(facet.key):
        return ""
    return _with(query, **facet.narrowed(value))


def _with(query: QueryDict, **changes: object) -> str:
    changed = query.copy()
    for key, value in changes.items():
        changed.pop(key, None)
        if value not in ("", None):
            changed[key] = str(value)
    return f"?{changed.urlencode()}"


# --- the time line ---------------------------------------------------------------------------------


def _chart(found: Found, shown: SearchFilter, query: QueryDict) -> Chart | None:
    if not found.times:
        return None
    counts = dict(found.times)
    steps = _steps(min(counts), max(counts), found.unit)[-MOST_BARS:]
    points = [
        charts.Point(
            _label(step, found.unit), counts.get(step, 0), _tick(step, found.unit), _into(query, step, found.unit)
        )
        for step in steps
    ]
    unit = {"hour": _("an hour"), "day": _("a day"), "week": _("a week"), "month": _("a month")}[found.unit]
    return charts.bar_chart(
        title=str(shown.searched.moments[shown.happened].title),
        unit=unit,
        series=charts.Series(str(shown.searched.kind.label), points),
        height=150,
        width=420,
    )


def _steps(first: datetime, last: datetime, unit: str) -> list[datetime]:
    steps = [first]
    while steps[-1] < last:
        steps.append(_next(steps[-1], unit))
    return steps


def _next(step: datetime, unit: str) -> datetime:
    if unit == "month":
        return (step.replace(day=1) + timedelta(days=32)).replace(day=1)
    return step + {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}[unit]


def _label(step: datetime, unit: str) -> str:
    return f"{formats.day(step.date())} {step:%H:%M}" if unit == "hour" else formats.day(step.date())


def _tick(step: datetime, unit: str) -> str:
    return f"{step:%H:%M}" if unit == "hour" else formats.short_day(step.date())


def _into(query: QueryDict, step: datetime, unit: str) -> str:
    """The days of one bar; an hour's is its day."""
    last: date = (_next(step, unit) - timedelta(days=1)).date() if unit != "hour" else step.date()
    return _with(query, span="", days_after=step.date().isoformat(), days_before=last.isoformat())
