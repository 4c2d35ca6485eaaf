"""How the queues will stand over the coming working days as people are now, and what if some were moved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.web import charts, formats
from governance.web.access import opens
from governance.web.chart_shapes import Chart, Point, Series
from investigations import permissions
from investigations.filters import language
from investigations.forms.team import WhatIfForm
from investigations.queries import forecasting, outlook
from investigations.queries.forecasting import Course, Hands, Range, Turn
from investigations.queries.outlook import Known

AHEAD = 14
"""Working days."""
HOUR = 3_600
DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Row:
    """A queue as it is now and as it will be."""

    key: str
    name: str
    waiting: int
    comes: float
    does: float
    usual: float
    better: float
    worse: float
    clears: date | None
    misses: date | None
    chosen: bool


@opens(permissions.can_see_team)
def page(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    known = outlook.known(at=now)
    keys = [queue.key for queue in known.queues]
    chosen = request.GET.get("queue", "")
    chosen = chosen if chosen in keys else _fullest(known)
    form = WhatIfForm(request.GET or None, initial={"queue": chosen}, queues=known.queues, language=language())
    more = form.more() if form.is_bound and form.is_valid() else {}
    days = forecasting.horizon(now.astimezone(UTC).date(), AHEAD)
    as_is, changed = _courses(known, {}, days, now), _courses(known, more, days, now) if more else None
    shown = changed or as_is
    context = {
        "known": known,
        "lines": [(_row(known, queue, shown, chosen), form.pair(queue.key)) for queue in known.queues],
        "chosen": next((queue for queue in known.queues if queue.key == chosen), None),
        "form": form,
        "changed": bool(more),
        "said": _assumptions(known, more),
        "chart": _chart(known, chosen, as_is, changed) if chosen and known.counted_at else None,
        "last": days[-1],
        "working_days": AHEAD,
    }
    return render(
        request, "investigations/team_forecast.html", context, status=422 if form.is_bound and form.errors else 200
    )


page.section = "team"  # type: ignore[attr-defined]


def _fullest(known: Known) -> str:
    return max(known.piles.values(), key=lambda pile: pile.waiting).key if known.piles else ""


def _courses(
    known: Known, more: Mapping[str, tuple[float, float]], days: list[date], now: datetime
) -> dict[Turn, dict[str, Course]]:
    hands, piles = [*_present(known), *_moved(known, more)], list(known.piles.values())
    utc = now.astimezone(UTC)
    gone = (utc.hour * HOUR + utc.minute * 60) / DAY_SECONDS
    return {turn: forecasting.courses(piles, hands, days, turn=turn, first=1 - gone) for turn in Turn}


def _present(known: Known) -> list[Hands]:
    """Of whom nothing is known yet, is taken to do what the others usually do. A queue that is empty now is open to all."""
    typical = known.typical
    empty = {key: 1.0 for key, pile in known.piles.items() if not pile.waiting}
    return [
        Hands(each.a_day or typical, empty | known.reach.get(str(each.person.pk), {}), each.away)
        for each in known.workers
    ]


def _moved(known: Known, more: Mapping[str, tuple[float, float]]) -> list[Hands]:
    """People and hours a day, by queue. Fewer are what the queue loses."""
    found = []
    for key, (people, hours) in more.items():
        if people:
            found.append(Hands(known.typical.scaled(people), {key: 1.0}))
        if hours and known.handling:
            number = hours * HOUR / known.handling
            found.append(Hands(Range(number, number, number), {key: 1.0}))
    return found


def _row(known: Known, queue: Any, shown: Mapping[Turn, Mapping[str, Course]], chosen: str) -> Row:
    usual, pile = shown[Turn.USUAL][queue.key], known.piles[queue.key]
    return Row(
        key=queue.key,
        name=queue.name_in(language()),
        waiting=pile.waiting,
        comes=sum(each.mid for each in pile.comes.values()),
        does=usual.done_a_day,
        usual=usual.end,
        better=shown[Turn.BETTER][queue.key].end,
        worse=shown[Turn.WORSE][queue.key].end,
        clears=usual.clears,
        misses=usual.misses,
        chosen=queue.key == chosen,
    )


def _assumptions(known: Known, more: Mapping[str, tuple[float, float]]) -> list[str]:
    guessed = [each for each in known.workers if each.a_day is None]
    away = sum(1 for each in known.workers if each.away)
    weeks = ngettext("%(n)s whole week", "%(n)s whole weeks", known.weeks) % {"n": known.weeks}
    said = [
        _(
            "What waits: what nobody holds and what is not with a senior reviewer. Of today, only what is left of it counts."
        ),
        _("What comes in: for each weekday the mean of %(weeks)s; nothing is known of what nobody has reported yet.")
        % {"weeks": weeks},
        _(
            "What people do: the median of the days on which they decided, at most the number they are given; Monday to Friday."
        ),
        _("Who may take what: their markets and skills against the cases that wait now. What fits nobody stays."),
        _(
            "Whoever may take from several queues divides their day by what waits there; what is due first is done first."
        ),
        _(
            "The band: if every day were like the quieter and faster, or the busier and slower, quarter of the days seen."
        ),
    ]
    if away:
        text = ngettext(
            "Entered absences of %(n)s person are taken out.", "Entered absences of %(n)s people are taken out.", away
        )
        said.append(text % {"n": formats.number(away)})
    if guessed:
        text = ngettext(
            "Of %(n)s person too little is known yet: they are reckoned like the middle of the others.",
            "Of %(n)s people too little is known yet: they are reckoned like the middle of the others.",
            len(guessed),
        )
        said.append(text % {"n": formats.number(len(guessed))})
    if more:
        said.append(
            _("What if: a person does %(n)s cases a day; an hour is reckoned at the usual handling.")
            % {"n": formats.number(round(known.typical.mid, 1))}
        )
    return said


def _chart(
    known: Known,
    key: str,
    as_is: Mapping[Turn, Mapping[str, Course]],
    changed: Mapping[Turn, Mapping[str, Course]] | None,
) -> Chart:
    name = next(queue.name_in(language()) for queue in known.queues if queue.key == key)
    shown = changed or as_is
    series = [Series(_("Expected"), _points(shown, key, band=True))]
    if changed:
        series.append(Series(_("As people are now"), _points(as_is, key, band=False), quiet=True))
    return charts.line_chart(
        title=_("Waiting in “%(queue)s”") % {"queue": name},
        unit=_("Cases at the end of the day"),
        series=series,
        text=lambda value: formats.number(round(value)),
        height=240,
    )


def _points(shown: Mapping[Turn, Mapping[str, Course]], key: str, *, band: bool) -> list[Point]:
    better, worse = shown[Turn.BETTER][key].days, shown[Turn.WORSE][key].days
    return [
        Point(
            formats.day(end.day),
            end.waiting,
            tick=formats.short_day(end.day),
            low=better[index].waiting if band else None,
            high=worse[index].waiting if band else None,
        )
        for index, end in enumerate(shown[Turn.USUAL][key].days)
    ]
