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
from investigations.enums import ListingStanding, Moment, Span
from investigations.filters import language
from investigations.filters.explore import ExploreFilter
from investigations.queries import lines
from investigations.queries.search_figures import BANDS, Counted, Found
from listings.models import Category, Merchant

MOST_BARS = 72
HEADINGS: dict[str, str | Promise] = {
    "category": gettext_lazy("Category"),
    "merchant": gettext_lazy("Merchant"),
    "market": gettext_lazy("Market"),
    "brand": gettext_lazy("Brand"),
    "policy": gettext_lazy("Violates"),
    "standing": gettext_lazy("Where it stands"),
    "price": gettext_lazy("Price in euro"),
}
SPAN_SHORT: dict[str, str | Promise] = {
    "": gettext_lazy("Any time"),
    Span.DAY: gettext_lazy("24 h"),
    Span.WEEK: gettext_lazy("7 d"),
    Span.MONTH: gettext_lazy("30 d"),
    Span.QUARTER: gettext_lazy("90 d"),
    Span.YEAR: gettext_lazy("1 y"),
}
TIMES: dict[Moment, str | Promise] = {
    Moment.CHANGED: gettext_lazy("When they were last changed"),
    Moment.LISTED: gettext_lazy("When they were first listed"),
    Moment.DECIDED: gettext_lazy("When they were last decided about"),
}


@dataclass(frozen=True)
class Facet:
    key: str
    title: str
    bars: Bars


@dataclass(frozen=True)
class Panel:
    chart: Chart | None
    facets: Sequence[Facet]
    spans: Sequence[Option]
    span: str
    moments: Sequence[Option]
    moment: str
    compared: bool
    change: str


def panel(found: Found, shown: ExploreFilter, query: QueryDict) -> Panel:
    compared = shown.window.start is not None and found.before > 0
    names = _names(found)
    facets = [
        Facet(key, str(title), _bars(found.facets[key], names.get(key, {}), query, key, compared=compared))
        for key, title in HEADINGS.items()
        if found.facets.get(key)
    ]
    return Panel(
        chart=_chart(found, shown, query),
        facets=facets,
        spans=[
            Option(key, label, url=_with(query, span=key, days_after="", days_before=""))
            for key, label in SPAN_SHORT.items()
        ],
        span=query.get("span", ""),
        moments=[Option(each.value, each.label, url=_with(query, moment=each.value)) for each in Moment],
        moment=shown.happened.value,
        compared=compared,
        change=_change(found.now, found.before) if compared else "",
    )


def _bars(rows: Sequence[Counted], names: dict[str, str], query: QueryDict, key: str, *, compared: bool) -> Bars:
    bars = tuple(
        Bar(
            names.get(row.value) or row.value or _("None"),
            row.now,
            formats.number(row.now),
            _narrowed(query, key, row.value),
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


def _names(found: Found) -> dict[str, dict[str, str]]:
    """Values as people read them, by facet: three queries."""
    spoken = language()

    def values(facet: str) -> list[str]:
        return [row.value for row in found.facets.get(facet, ())]

    categories = Category.objects.filter(code__in=values("category")).values_list("code", "names")
    merchants = Merchant.objects.filter(public_id__in=values("merchant")).values_list("public_id", "name")
    titles = lines.policy_titles(map(int, values("policy")), language=spoken)
    return {
        "category": {code: names.get(spoken) or names.get("en") or code for code, names in categories},
        "merchant": dict(merchants),
        "market": {code: formats.country(code) for code in values("market")},
        "policy": {str(pk): title for pk, title in titles.items()},
        "standing": {each.value: str(each.label) for each in ListingStanding},
        "price": {number: _band(*ends) for number, ends in BANDS.items()},
    }


def _band(low: int | None, high: int | None) -> str:
    if low is None:
        return _("below %(high)s") % {"high": formats.number(high or 0)}
    if high is None:
        return _("%(low)s and more") % {"low": formats.number(low)}
    return _("%(low)s to %(high)s") % {"low": formats.number(low), "high": formats.number(high)}


# --- addresses -------------------------------------------------------------------------------------


def _narrowed(query: QueryDict, key: str, value: str) -> str:
    """The address that shows these alone; empty where that is in force already, or nothing can ask for it."""
    if key == "price":
        low, high = BANDS[value]
        return _with(query, price_eur_min=low or "", price_eur_max=high or "")
    if not value or value in query.getlist(key):
        return ""
    return _with(query, **{key: value})


def _with(query: QueryDict, **changes: object) -> str:
    changed = query.copy()
    for key, value in changes.items():
        changed.pop(key, None)
        if value not in ("", None):
            changed[key] = str(value)
    return f"?{changed.urlencode()}"


# --- the time line ---------------------------------------------------------------------------------


def _chart(found: Found, shown: ExploreFilter, query: QueryDict) -> Chart | None:
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
        title=str(TIMES[shown.happened]), unit=unit, series=charts.Series(_("Listings"), points), height=150, width=420
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
