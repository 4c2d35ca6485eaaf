"""The ladder's life: drafted by one person, put in force by another, replaced by the next."""

import itertools
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from enforcement.enums import LADDER_MOVES, LadderState
from enforcement.measures import MEASURES
from enforcement.models import Ladder, LadderMove
from enforcement.models.ladder import Terms
from governance.accounts.models import User
from governance.audit.domain import entries
from governance.policies.enums import Measure, Severity
from governance.web.refusals import MoveRefused, Refusal

LONGEST_DAYS, MOST_POINTS, TOP_HEALTH = 730, 1_000, 1_000


class Wrong(Refusal):
    """The ladder does not hold together. `problems` maps a part of the form to what is wrong with it."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)


class FourEyes(Refusal):
    """Author and whoever puts it in force are the same person."""


class ReadAgain(MoveRefused):
    """The draft has changed since it was read."""


@transaction.atomic
def draft(*, name: str, terms: Terms, source_url: str = "", actor: User, at: datetime) -> Ladder:
    """Begin the next version. One at a time is in the making."""
    _check(name, terms)
    if Ladder.objects.select_for_update().filter(state=LadderState.DRAFT).exists():
        raise MoveRefused(_("A draft of the ladder is in the making already. Finish or withdraw it first."))
    number = (Ladder.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    ladder = Ladder.objects.create(
        number=number, name=name, source_url=source_url, content=terms.stored(), author=actor, created_at=at
    )
    _record("ladder.drafted", ladder, actor, at, {"terms": ladder.content})
    return ladder


@transaction.atomic
def edit(*, ladder: Ladder, name: str, terms: Terms, actor: User, at: datetime) -> Ladder:
    """Replace what the draft says. Only its author does: whoever else writes in it could not put it in force."""
    _check(name, terms)
    ladder = Ladder.objects.select_for_update().get(pk=ladder.pk)
    if ladder.state != LadderState.DRAFT:
        raise MoveRefused(_("This version is no longer a draft. Begin the next one."))
    if ladder.author_id != actor.pk:
        raise FourEyes(_("Only its author changes a draft. Withdraw it and begin your own."))
    if (ladder.name, ladder.content) == (name, terms.stored()):
        return ladder
    ladder.name, ladder.content, ladder.revision = name, terms.stored(), ladder.revision + 1
    ladder.save(update_fields=["name", "content", "revision"])
    _record("ladder.edited", ladder, actor, at, {"terms": ladder.content})
    return ladder


@transaction.atomic
def switch(*, ladder: Ladder, revision: int, actor: User, reason: str, at: datetime) -> Ladder:
    """Put the draft in force, as another person than its author has read it. Points given so far keep their own lapse."""
    if not reason.strip():
        raise Refusal(_("Say why it is put in force: the log keeps your reason."))
    rows = Ladder.objects.select_for_update().filter(state__in=[LadderState.DRAFT, LadderState.LIVE])
    locked = {row.pk: row for row in rows.order_by("pk")}
    ladder = locked.get(ladder.pk) or Ladder.objects.get(pk=ladder.pk)
    if ladder.state == LadderState.DRAFT and ladder.author_id == actor.pk:
        raise FourEyes(_("You wrote this draft. Another person must put it in force."))
    if ladder.state == LadderState.DRAFT and ladder.revision != revision:
        raise ReadAgain(_("The draft has changed since you opened it. Read it again; nothing was put in force."))
    old = next((row for row in locked.values() if row.state == LadderState.LIVE and row.pk != ladder.pk), None)
    if old is not None:
        _move(old, LadderState.SUPERSEDED, actor=actor, reason=reason, at=at)
    ladder = _move(ladder, LadderState.LIVE, actor=actor, reason=reason, at=at)
    _record("ladder.switched", ladder, actor, at, {"reason": reason, "instead_of": old.number if old else None})
    return ladder


@transaction.atomic
def withdraw(*, ladder: Ladder, actor: User, reason: str, at: datetime) -> Ladder:
    """Give the draft up. It stays readable."""
    ladder = Ladder.objects.select_for_update().get(pk=ladder.pk)
    ladder = _move(ladder, LadderState.WITHDRAWN, actor=actor, reason=reason, at=at)
    _record("ladder.withdrawn", ladder, actor, at, {"reason": reason})
    return ladder


def problems_of(terms: Terms) -> dict[str, str]:
    """What does not hold together, by part; empty when it does."""
    return dict(_in_grid(terms)) | dict(_in_milestones(terms)) | dict(_in_numbers(terms))


def _in_grid(terms: Terms) -> Iterator[tuple[str, str]]:
    rows = [terms.grid.get(severity, ()) for severity in Severity]
    if not all(rows):
        yield "grid", _("Give points for each severity; 0 is a number too.")
    elif any(not 0 <= points <= MOST_POINTS for row in rows for points in row):
        yield "grid", _("Points lie between 0 and %(most)s.") % {"most": MOST_POINTS}
    elif any(list(row) != sorted(row) for row in rows):
        yield "grid", _("A repeated offence cannot cost less than the one before.")
    elif any(mild > harsh for column in zip(*rows, strict=False) for harsh, mild in itertools.pairwise(column)):
        yield "grid", _("A milder severity cannot cost more than a harsher one.")
    elif not any(points for row in rows for points in row):
        yield "grid", _("No offence would cost a point.")


def _in_milestones(terms: Terms) -> Iterator[tuple[str, str]]:
    found = terms.milestones
    heights = [milestone.at for milestone in found]
    if not found:
        yield "milestones", _("Name at least one milestone.")
    elif min(heights) < 1 or max(heights) > MOST_POINTS:
        yield "milestones", _("Milestones lie between 1 and %(most)s points.") % {"most": MOST_POINTS}
    elif len(set(heights)) < len(heights):
        yield "milestones", _("Two milestones stand at the same points.")
    elif any(milestone.days is not None and not 1 <= milestone.days <= LONGEST_DAYS for milestone in found):
        yield (
            "milestones",
            _("A measure lasts between 1 and %(most)s days; leave it empty for no end.") % {"most": LONGEST_DAYS},
        )
    elif any(MEASURES[milestone.measure].cures and milestone.days for milestone in found):
        yield "milestones", _("A request to correct has its own end: the policy's working days.")
    elif unwarned(terms):
        yield "milestones", _("Let a warning come before the first measure that binds the whole account.")


def unwarned(terms: Terms) -> bool:
    """A warning comes before a suspension (DSA Art. 23(1))."""
    binding = [milestone.at for milestone in terms.milestones if MEASURES[milestone.measure].on_merchant]
    warnings = [milestone.at for milestone in terms.milestones if milestone.measure == Measure.WARN]
    return bool(binding) and not (warnings and min(warnings) < min(binding))


def _in_numbers(terms: Terms) -> Iterator[tuple[str, str]]:
    for name in ("window_days", "expiry_days"):
        if not 1 <= getattr(terms, name) <= LONGEST_DAYS:
            yield name, _("Between 1 and %(most)s days.") % {"most": LONGEST_DAYS}
    if not 0 <= terms.protection_days <= LONGEST_DAYS:
        yield "protection_days", _("Between 0 and %(most)s days.") % {"most": LONGEST_DAYS}
    if not 0 <= terms.cap <= MOST_POINTS:
        yield "cap", _("Between 0 and %(most)s points; 0 is no cap.") % {"most": MOST_POINTS}
    if not 0 <= terms.discount_percent <= 100:
        yield "discount_percent", _("Between 0 and 100 per cent.")
    if not 0 <= terms.discount_days <= 90 or (terms.discount_percent and not terms.discount_days):
        yield "discount_days", _("Between 1 and 90 working days where there is a discount.")
    if not 1 <= terms.health_start <= TOP_HEALTH:
        yield "health_start", _("Between 1 and 1000.")
    if not 1 <= terms.health_cost <= TOP_HEALTH:
        yield "health_cost", _("Between 1 and 1000.")
    if not 0 <= terms.health_recovery <= TOP_HEALTH:
        yield "health_recovery", _("Between 0 and 1000.")


def _check(name: str, terms: Terms) -> None:
    problems = problems_of(terms)
    if not name.strip():
        problems["name"] = _("Give it a name.")
    if problems:
        raise Wrong(problems)


def _move(ladder: Ladder, to: LadderState, *, actor: User, reason: str, at: datetime) -> Ladder:
    """Check, write, record a locked ladder. The only function that writes its state."""
    was = LadderState(ladder.state)
    if to not in LADDER_MOVES[was]:
        raise MoveRefused(
            _("Version %(n)s is “%(state)s” and cannot become “%(to)s”.")
            % {"n": ladder.number, "state": was.label, "to": to.label}
        )
    ladder.state = to
    if to == LadderState.LIVE:
        ladder.live_from = at
    ladder.save(update_fields=["state", "live_from"])
    LadderMove.objects.create(ladder=ladder, from_state=was, to_state=to, actor=actor, reason=reason, moved_at=at)
    return ladder


def _record(verb: str, ladder: Ladder, actor: User, at: datetime, data: Mapping[str, Any]) -> None:
    entries.record(
        verb=verb,
        actor=actor,
        subject_kind="ladder",
        subject_id=ladder.pk,
        subject_ref=str(ladder),
        data={"name": ladder.name, **data},
        at=at,
    )
