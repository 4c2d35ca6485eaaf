"""Home: what needs this person, and the numbers they are judged by."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enforcement.permissions import can_see_policies
from enforcement.queries import policies
from enforcement.views.policies import language
from governance.accounts.models import User
from governance.insights.queries import attention, figures, today
from governance.web import charts, formats, markets
from governance.web.access import opens, signed_in
from investigations import permissions
from investigations.queries import queues

WORST = 8
STATS = (
    gettext_lazy("Violating views"),
    gettext_lazy("Open violations"),
    gettext_lazy("Median time to decide"),
    gettext_lazy("Changed on appeal"),
    gettext_lazy("Found fine by people"),
    gettext_lazy("Revenue off sale"),
)


@opens(signed_in)
def home(request: HttpRequest) -> HttpResponse:
    """The page at once, its figures in a second request."""
    user = cast(User, request.user)
    now = timezone.now()
    works = permissions.can_work(user)
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    context = {
        "lines": attention.lines(user, at=now),
        "works": works,
        "day": today.day(user, since=midnight) if works else None,
        "loads": _loads(user) if permissions.can_see_queue(user) else [],
        "now": now,
        "may_see_numbers": can_see_policies(user),
        "stat_labels": STATS,
    }
    return render(request, "insights/home.html", context)


@opens(can_see_policies)
def stats(request: HttpRequest) -> HttpResponse:
    """The row of figures: an htmx answer."""
    weeks = figures.weeks(today=timezone.localdate(), markets=markets.chosen(request))
    context = {
        "figures": figures.figures(at=timezone.now()),
        "spark": charts.sparkline([week.per_10k for week in weeks], label=_("by week")),
        "latest": weeks[-1] if weeks else None,
    }
    return render(request, "insights/_stats.html", context)


@opens(can_see_policies)
def numbers(request: HttpRequest) -> HttpResponse:
    """The chart and the policies with the gravest and most hits: an htmx answer."""
    weeks = figures.weeks(today=timezone.localdate(), markets=markets.chosen(request))
    found: QuerySet[Any] = policies.policies(language())
    worst = found.filter(open_violations__gt=0).order_by("severity_rank", "-open_violations", "pk")
    return render(request, "insights/_numbers.html", {"chart": _chart(weeks), "worst": list(worst[:WORST])})


def _loads(user: User) -> list[tuple[str, queues.Load]]:
    """The queues by their names in the person's language."""
    return [(load.queue.name_in(language()), load) for load in queues.loads(user).queues if load.queue]


def _chart(weeks: list[figures.Week]) -> charts.Chart | None:
    if len(weeks) < 2:
        return None
    points = [
        charts.Point(
            label=_("week of %(day)s") % {"day": formats.day(week.begins)},
            value=None if week.per_10k is None else round(week.per_10k, 1),
            tick=formats.short_day(week.begins),
        )
        for week in weeks
    ]
    return charts.line_chart(
        title=_("Views of listings that break a policy"),
        unit=_("per 10,000 views"),
        series=[charts.Series(_("Views of listings that break a policy"), points)],
        summary=_("Judged by what is known today; shadow findings are left out."),
    )
