"""The team's figures: what came, what waits, how fast and how rightly it is decided; of a span, narrowed as the address says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.web import charts, exports, formats
from governance.web.access import opens
from governance.web.chart_shapes import Chart, Point, Series
from governance.web.choices import Option
from investigations import permissions
from investigations.filters import language
from investigations.forms.team import FiguresForm
from investigations.models import Queue
from investigations.queries import lines, outlook, queues, team_figures
from investigations.queries.days import ONE_DAY
from investigations.queries.queues import Load
from investigations.queries.team_figures import EXPORTED, Chosen, Figures, Tally
from investigations.views import team_words

SPANS = (0, 7, 28, 90)
"""Days before today; 0 is today so far."""
USUAL = 28
LINES_SHOWN, REASONS_SHOWN = 15, 10
HALF = 540
"""Width of a chart that stands beside another."""


@dataclass(frozen=True)
class Line:
    """A part of the figures, with the address that shows it alone."""

    key: str
    label: str
    url: str
    tally: Tally


@dataclass(frozen=True)
class Chip:
    """What the figures are narrowed by, and the address without it."""

    label: str
    value: str
    focus: str
    without: str


@opens(permissions.can_see_team)
def page(request: HttpRequest) -> HttpResponseBase:
    today = timezone.now().astimezone(UTC).date()
    asked = request.GET.get("days", "")
    days = int(asked) if asked.isdecimal() and int(asked) in SPANS else USUAL
    known = {queue.pk: queue for queue in Queue.objects.order_by("position", "pk")}
    chosen = _chosen(request, today, days, known)
    if kind := request.GET.get("export", ""):
        return _export(chosen, kind)
    partial = bool(request.htmx and not request.htmx.boosted)  # type: ignore[attr-defined]
    context = _context(request, chosen, known, days) | {"partial": partial}
    return render(request, "investigations/_team_now.html" if partial else "investigations/team_figures.html", context)


page.section = "team"  # type: ignore[attr-defined]


def _context(request: HttpRequest, chosen: Chosen, known: Mapping[int, Queue], days: int) -> dict[str, Any]:
    found = team_figures.figures(chosen)
    titles = lines.policy_titles({key for key in (*found.policies, chosen.policy) if key}, language=language())
    parts = _parts(request, found, known, titles)
    return {
        "days": days,
        "chosen": chosen,
        "spans": [Option(str(each), _span(each), url=_with(request, days=each)) for each in SPANS],
        "found": found,
        "stats": team_words.stats(found, _loads(request, known, chosen), today=days == 0),
        "chips": _chips(request, chosen, known, titles),
        "form": _form(parts, days, request),
        "parts": parts,
        "charts": [] if chosen.days == 1 or found.whole.is_empty else [_flow(found, chosen), _backlog(found, chosen)],
        "missing": _missing(found, chosen),
        "skips": found.whole.reasons[:REASONS_SHOWN],
        "counted_at": max(found.counted.values(), default=None),
        "meanings": team_words.meanings(),
        "people": team_figures.people(chosen)
        if permissions.can_lead(request.user) and not found.whole.is_empty
        else None,
    }


def _chosen(request: HttpRequest, today: date, days: int, known: Mapping[int, Queue]) -> Chosen:
    """A filter that means nothing is left out."""
    last = today - ONE_DAY if days else today
    queue = next((pk for pk, each in known.items() if each.key == request.GET.get("queue")), None)
    policy = request.GET.get("policy", "")
    return Chosen(
        last - ONE_DAY * (max(days, 1) - 1),
        last,
        queue,
        int(policy) if policy.isdecimal() and len(policy) < 10 else None,
        request.GET.get("language", "")[:8],
    )


def _with(request: HttpRequest, **changes: Any) -> str:
    params = request.GET.copy()
    params.pop("export", None)
    for name, value in changes.items():
        params.pop(name, None)
        if value is not None:
            params[name] = str(value)
    return f"?{params.urlencode()}"


def _span(days: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days} if days else _("Today")


def _chips(request: HttpRequest, chosen: Chosen, known: Mapping[int, Queue], titles: Mapping[int, str]) -> list[Chip]:
    found = []
    if chosen.queue:
        found.append(Chip(_("Queue"), known[chosen.queue].name_in(language()), "id_queue", _with(request, queue=None)))
    if chosen.policy:
        title = titles.get(chosen.policy, f"P-{chosen.policy:04d}")
        found.append(Chip(_("Policy"), title, "id_policy", _with(request, policy=None)))
    if chosen.language:
        found.append(
            Chip(_("Language"), formats.language_name(chosen.language), "id_language", _with(request, language=None))
        )
    return found


def _parts(
    request: HttpRequest, found: Figures, known: Mapping[int, Queue], titles: Mapping[int, str]
) -> dict[str, list[Line]]:
    """By queue, policy and language."""
    return {
        "queue": [
            _line(request, "queue", known[key].key, known[key].name_in(language()), tally)
            for key, tally in _ranked(found.queues)
        ],
        "policy": [
            _line(request, "policy", key, titles.get(key or 0) or _("No policy yet"), tally)
            for key, tally in _ranked(found.policies)
        ],
        "language": [
            _line(request, "language", key, formats.language_name(key) if key else _("Not known"), tally)
            for key, tally in _ranked(found.languages)
        ],
    }


def _line(request: HttpRequest, name: str, key: Any, label: str, tally: Tally) -> Line:
    return Line(str(key or ""), label, _with(request, **{name: key}) if key else "", tally)


def _ranked(tallies: Mapping[Any, Tally]) -> list[tuple[Any, Tally]]:
    """Where most came in first; of many the rest is left to the export."""
    ranked = sorted(tallies.items(), key=lambda pair: (-pair[1].came, -pair[1].waiting, str(pair[0])))
    return ranked[:LINES_SHOWN]


def _form(parts: Mapping[str, list[Line]], days: int, request: HttpRequest) -> FiguresForm:
    """What can be chosen is what there is something of."""
    choices = {name: [(line.key, line.label) for line in found if line.key] for name, found in parts.items()}
    initial = {name: request.GET.get(name, "") for name in choices}
    return FiguresForm(initial=initial | {"days": days}, choices=choices)


def _loads(request: HttpRequest, known: Mapping[int, Queue], chosen: Chosen) -> list[Load]:
    """What is late now, of the chosen queue or of all."""
    found = queues.loads(request.user)
    each = [*found.queues, found.held]
    return [load for load in each if load.key == known[chosen.queue].key] if chosen.queue else each


def _missing(found: Figures, chosen: Chosen) -> int:
    """Days since the first case that were not counted yet."""
    begun = outlook.first_day()
    since = max(begun, chosen.first) if begun else chosen.last + ONE_DAY
    return max(0, (chosen.last - since).days + 1 - sum(day >= since for day in found.counted))


# --- charts ----------------------------------------------------------------------------------------


def _flow(found: Figures, chosen: Chosen) -> Chart:
    cases = reverse("investigations:cases")
    came = [
        replace(point, url=f"{cases}?opened_after={day}&opened_before={day}")
        for point, day in zip(_series(found, chosen, lambda day: day.came), chosen.each_day(), strict=True)
    ]
    closed = _series(found, chosen, lambda day: day.closed)
    return charts.line_chart(
        title=_("Came in and closed"),
        unit=_("Cases a day"),
        series=[Series(_("Came in"), came), Series(_("Closed"), closed, quiet=True)],
        summary=_("%(came)s cases came in, %(closed)s were closed.")
        % {"came": formats.number(found.whole.came), "closed": formats.number(found.whole.closed)},
        width=HALF,
        height=200,
    )


def _backlog(found: Figures, chosen: Chosen) -> Chart:
    return charts.line_chart(
        title=_("Open at the end of the day"),
        unit=_("Cases"),
        series=[Series(_("Open"), _series(found, chosen, lambda day: day.waiting))],
        summary=_("%(n)s cases were open at the end.") % {"n": formats.number(found.whole.waiting)},
        width=HALF,
        height=200,
    )


def _series(found: Figures, chosen: Chosen, value: Callable[[Tally], int]) -> list[Point]:
    """A day that was not counted is a gap; one on which nothing happened is nought."""
    points = []
    for day in chosen.each_day():
        number = float(value(found.days.get(day, Tally()))) if day in found.counted else None
        points.append(Point(formats.day(day), number, tick=formats.short_day(day)))
    return points


# --- exports ---------------------------------------------------------------------------------------


def _export(chosen: Chosen, kind: str) -> HttpResponseBase:
    """Each day, queue, policy and language in a row."""
    head = [_("Day"), _("Queue"), _("Policy"), _("Language"), *(str(each.label) for each in EXPORTED)]
    name = f"team-{chosen.first:%Y-%m-%d}-{chosen.last:%Y-%m-%d}"
    write = exports.xlsx_response if kind == "xlsx" else exports.csv_response
    return write(team_figures.daily(chosen), head=head, name=name)
