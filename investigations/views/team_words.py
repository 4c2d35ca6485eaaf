"""The team's figures in words: each with how many it stands on, how it was before, and what it counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.web import formats
from investigations.queries.queues import Load
from investigations.queries.team_figures import FEWEST, Figures, Share, Times

GOOD, FAIR = 0.95, 0.85
NONE = "–"
SETTLED, HEARD = ("reviews", "?state=settled&outcome=second_right"), ("appeals", "?open=false")
"""Where the rows behind a figure are."""


@dataclass(frozen=True)
class Stat:
    label: str
    value: str
    note: str = ""
    trend: str = ""
    icon: str = ""
    tone: str = ""
    href: str = ""


def stats(found: Figures, loads: Sequence[Load], *, today: bool) -> list[list[Stat]]:
    """What came and what waits; then how fast, and how rightly. Today so far is held against the day before, without a change."""
    now, before = found.whole, found.before
    against = _("yesterday %(n)s") if today else _("before %(n)s")
    return [
        [
            _number(_("Came in"), now.came, before.came, against, trend=not today),
            _number(_("Closed"), now.closed, before.closed, against, trend=not today),
            _number(_("Open now") if today else _("Open at the end"), now.waiting, before.waiting, against, trend=True),
            _length(_("Age of what is open"), now.age, before.age),
            _late(loads),
            _in_time(now.in_time, before.in_time),
        ],
        [
            _length(_("Until it is taken"), now.to_take, before.to_take),
            _length(_("Until it is decided"), now.to_decide, before.to_decide),
            _length(_("Until it is closed"), now.to_close, before.to_close),
            _length(_("Handling"), now.handling, before.handling),
            _share(_("Second reader right"), now.misread, _("none was read again"), SETTLED),
            _share(_("Overturned on appeal"), now.overturned, _("nothing was heard"), HEARD),
        ],
    ]


def share(found: Share) -> str:
    """As a percentage where there are enough, else by its two numbers alone."""
    if found.value is None:
        return NONE
    if not found.enough:
        return _("%(found)s of %(all)s") % {"found": formats.number(found.found), "all": formats.number(found.all)}
    return formats.percent(found.value, digits=0)


def length(found: timedelta | None) -> str:
    return NONE if found is None else formats.span(found)


def meanings() -> list[tuple[str, str]]:
    """What each figure counts. Days are those of UTC; test cases count nowhere."""
    return [
        (_("Came in"), _("Cases opened on these days, and closed ones that came back.")),
        (_("Closed"), _("Cases closed, by a decision or because everything was corrected; not those merged into another.")),
        (_("Open at the end"), _("Cases not closed at the end of the last day, be they waiting, read or with a senior reviewer.")),
        (_("Age of what is open"), _("Since they were opened. Half are younger than the first number, nine in ten than the second.")),
        (_("Late now"), _("Open cases whose deadline has passed, as counted in the last minute; of the chosen queue, whatever else is chosen.")),
        (_("Closed in time"), _("Of the closed cases, those closed before the deadline that they had when they were closed.")),
        (_("Until it is taken"), _("From a case's opening until somebody took it for the first time.")),
        (_("Until it is decided"), _("From a case's opening until a person decided on something in it for the first time.")),
        (_("Until it is closed"), _("From a case's opening, or its coming back, until it was closed.")),
        (_("Handling"), _("From taking the case, or the decision before in it, to the decision; the page was open, which is not the same as work.")),
        (_("Skipped"), _("How often somebody passed a case by.")),
        (_("Second reader right"), _("Of the decisions read a second time and settled on these days, those in which the second reader was right. Where the policy leaves it open neither counts.")),
        (_("Overturned on appeal"), _("Of the decisions heard on appeal or before a body or court on these days, those overturned at least in part, whenever they were made.")),
    ]  # fmt: skip


def _number(label: str, now: int, before: int, against: str, *, trend: bool) -> Stat:
    change = now - before
    return Stat(
        label,
        formats.number(now),
        against % {"n": formats.number(before)},
        trend=formats.signed(change) if trend and change else "",
        icon=("up" if change > 0 else "down") if trend and change else "",
    )


def _length(label: str, now: Times, before: Times) -> Stat:
    """The median; then what nine in ten do not exceed, of how many where they are few, and the median before."""
    if now.median is None:
        return Stat(label, NONE, _("none yet"))
    said = [_("nine in ten %(ninety)s") % {"ninety": length(now.ninety)}]
    if now.count < FEWEST:
        said = [ngettext("of %(n)s alone", "of %(n)s alone", now.count) % {"n": formats.number(now.count)}]
    if before.median is not None:
        said.append(_("before %(n)s") % {"n": length(before.median)})
    return Stat(label, length(now.median), formats.clauses(said))


def _late(loads: Sequence[Load]) -> Stat:
    late, soon = sum(each.late for each in loads), sum(each.soon for each in loads)
    note = ngettext("%(n)s due within 4 hours", "%(n)s due within 4 hours", soon) % {"n": formats.number(soon)}
    tone = "critical" if late else ""
    return Stat(
        _("Late now"), formats.number(late), note, tone=tone, href=reverse("investigations:queue") + "?late=true"
    )


def _in_time(now: Share, before: Share) -> Stat:
    if now.value is None:
        return Stat(_("Closed in time"), NONE, _("none was closed"))
    said = [_of(now)]
    if before.value is not None:
        said.append(_("before %(n)s") % {"n": share(before)})
    tone = "" if not now.enough or now.value >= GOOD else "caution" if now.value >= FAIR else "serious"
    return Stat(_("Closed in time"), share(now), formats.clauses(said), tone=tone)


def _share(label: str, now: Share, nothing: str, rows: tuple[str, str]) -> Stat:
    name, query = rows
    href = reverse(f"investigations:{name}") + query if now.all else ""
    return Stat(label, share(now), _of(now) if now.all else nothing, href=href)


def _of(found: Share) -> str:
    """What a percentage stands on; few say it themselves."""
    if not found.enough:
        return _("too few for a share")
    return _("%(found)s of %(all)s") % {"found": formats.number(found.found), "all": formats.number(found.all)}
