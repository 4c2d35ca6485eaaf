"""Violations and the verdicts of a check before a listing goes live."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ViolationState(models.TextChoices):
    OPEN = "open", pgettext_lazy("violation", "Open")
    CLOSED = "closed", pgettext_lazy("violation", "Closed")


# Closed comes back only by the undo of a dismissal; what holds again later is a new violation.
VIOLATION_MOVES: dict[ViolationState, frozenset[ViolationState]] = {
    ViolationState.OPEN: frozenset({ViolationState.CLOSED}),
    ViolationState.CLOSED: frozenset({ViolationState.OPEN}),
}
VIOLATION_TONE: dict[ViolationState, str] = {ViolationState.OPEN: "serious", ViolationState.CLOSED: "neutral"}


class ClosedBecause(models.TextChoices):
    """Dismissed and overturned are a person's word about this version of the listing: no sweep opens it again."""

    CORRECTED = "corrected", _("No longer holds")
    DISMISSED = "dismissed", _("A moderator found it fine")
    OVERTURNED = "overturned", _("Overturned on appeal")
    WAIVED = "waived", _("Waived")
    POLICY_ENDED = "policy_ended", _("The policy no longer applies")


class Clearance(models.TextChoices):
    """May a listing go live? From the mildest to the strictest: of several, the last of this order holds."""

    ALLOW = "allow", _("May go live")
    ALLOW_WITH_CORRECTIONS = "allow_with_corrections", _("May go live, with corrections")
    REVIEW = "review", _("A person has to look first")
    BLOCK = "block", _("May not go live")


CLEARANCE_RANK: dict[Clearance, int] = {verdict: rank for rank, verdict in enumerate(Clearance)}
GOES_LIVE = frozenset({Clearance.ALLOW, Clearance.ALLOW_WITH_CORRECTIONS})


class Rechecked(models.TextChoices):
    """What came of reading one listing again by one policy that has something open about it."""

    CLOSED = "closed", _("No longer found")
    FOUND = "found", _("Still found")
    UNDECIDED = "undecided", _("Cannot be told from what the listing says")
    NOT_READ = "not_read", _("The policy does not act at present")
    BUSY = "busy", _("Being read by somebody else just now")


RECHECKED_TONE: dict[Rechecked, str] = {
    Rechecked.CLOSED: "ok",
    Rechecked.FOUND: "serious",
    Rechecked.UNDECIDED: "caution",
    Rechecked.NOT_READ: "neutral",
    Rechecked.BUSY: "neutral",
}


class Owed(models.TextChoices):
    """What must still be done with a violation. The row says it; events only make it sooner."""

    NOTHING = "nothing", _("Nothing")
    CASE = "case", _("A case")
    DECISION = "decision", _("A decision")
