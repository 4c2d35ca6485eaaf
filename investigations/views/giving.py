"""Where a person goes on after a case, and why the queue gives them what it gives, in words."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from governance.accounts.permissions import Anyone
from governance.policies.enums import Severity
from governance.web import formats
from investigations.domain import shift
from investigations.models import Skills
from investigations.queries import wellbeing, work
from investigations.queries.work import Standing


@dataclass(frozen=True)
class Limit:
    """One thing by which cases are chosen for a person; `text` says that there is no limit, too."""

    label: str
    text: str


def go_on(request: HttpRequest, step: shift.Step) -> HttpResponse:
    """To the case that is the person's now, else back."""
    if step.next is not None:
        return redirect("investigations:case", pk=step.next.pk)
    return back(request)


def back(request: HttpRequest) -> HttpResponse:
    """To the page of listings out of which a case was opened, else to the queue."""
    if page := work.live_page(request.user):
        return redirect("investigations:grid-page", pk=page.pk)
    return redirect("investigations:queue")


def limits(standing: Standing) -> list[Limit]:
    skills = standing.skills
    languages = [formats.language_name(tag) for tag in skills.languages] if skills else []
    markets = [formats.country(code) for code in skills.markets] if skills else []
    highest = Severity(skills.highest) if skills else Severity.CRITICAL
    found = [
        Limit(_("Languages"), _listed(languages, pgettext("languages", "All"))),
        Limit(_("Markets"), _listed(markets, pgettext("markets", "All"))),
        Limit(_("Families"), _listed(skills.families if skills else [], pgettext("families", "All"))),
        Limit(_("Severity"), _("up to %(severity)s") % {"severity": formats.within(str(highest.label))}),
        Limit(_("Today"), _today(standing)),
        Limit(_("Hard to look at"), _left(standing.hard_left, standing.most_hard)),
    ]
    if standing.pictures_today is not None:
        found.append(Limit(_("Their photos seen sharp"), _left(standing.pictures_left, standing.most_pictures)))
    return found


def refused(standing: Standing) -> str:
    """Why nothing is given now."""
    if standing.away_until is not None:
        day = formats.day(standing.away_until)
        return _("You are entered as away until %(day)s: nothing is given to you until then.") % {"day": day}
    if standing.left_today == 0:
        text = ngettext(
            "You have decided %(count)s case today, which is what you are given in a day. Your team lead can raise it.",
            "You have decided %(count)s cases today, which is what you are given in a day. Your team lead can raise it.",
            standing.decided_today,
        )
        return text % {"count": formats.number(standing.decided_today)}
    if standing.break_until is not None:
        return _("You pause until %(time)s: nothing is given to you until then.") % {
            "time": formats.minute(standing.break_until)
        }
    if not standing.gets_hard:
        return _(
            "Nothing else waits for you here. Of what is hard to look at, you have had as much as you are given in a day."
        )
    return _("Nothing waits for you here. What you skipped, held or decided on stays with others.")


def tired(user: Anyone, standing: Standing, *, at: datetime) -> datetime | None:
    """Since when the person has had no break, where it is time to say so."""
    if standing.rules is None or standing.break_until is not None:
        return None
    return wellbeing.tired_since(user, standing.rules, standing.own, at=at)


def _listed(names: list[str], everything: str) -> str:
    return formats.series(names) if names else everything


def _today(standing: Standing) -> str:
    if standing.left_today is None:
        return _("no limit")
    most = standing.skills.cases_a_day if standing.skills else 0
    return _("%(left)s of %(most)s left") % {
        "left": formats.number(standing.left_today),
        "most": formats.number(most or 0),
    }


def _left(left: int | None, most: int | None) -> str:
    if left is None or most is None:
        return _("no limit")
    return _("%(left)s of %(most)s left") % {"left": formats.number(left), "most": formats.number(most)}


def in_short(skills: Skills | None) -> str:
    """What limits a person, in one line; nothing where nothing does."""
    if skills is None:
        return ""
    said = [formats.series(formats.language_name(tag) for tag in skills.languages), " ".join(skills.markets)]
    said.append(formats.series(skills.families))
    if skills.highest != Severity.CRITICAL:
        said.append(_("up to %(severity)s") % {"severity": formats.within(str(Severity(skills.highest).label))})
    return formats.clauses(part for part in said if part)
