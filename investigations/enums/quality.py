"""Closed sets of second readings."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ReviewKind(models.TextChoices):
    """Why a decision is read a second time. Only what was drawn at random stands for the whole."""

    RANDOM = "random", _("Drawn at random")
    RISK = "risk", _("Drawn by risk")
    AUTOMATION = "automation", _("Decided by automation")


class DrawnFor(models.TextChoices):
    CRITICAL = "critical", _("critical policy")
    HARSH = "harsh", _("harsh measure")
    QUICK = "quick", _("decided in seconds")
    NEW = "new", _("new colleague")
    CONTESTED = "contested", _("policy often overturned")
    LARGE = "large", _("sells much")


class ReviewState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("second review", "To be read")
    TAKEN = "taken", pgettext_lazy("second review", "Being read")
    DIFFERS = "differs", pgettext_lazy("second review", "Differs")
    SETTLED = "settled", pgettext_lazy("second review", "Settled")
    DROPPED = "dropped", pgettext_lazy("second review", "Dropped")


# What was undone or reversed before anybody read it is dropped. A reader who does not finish gives it back.
REVIEW_MOVES: dict[ReviewState, frozenset[ReviewState]] = {
    ReviewState.WAITING: frozenset({ReviewState.TAKEN, ReviewState.DROPPED}),
    ReviewState.TAKEN: frozenset({ReviewState.WAITING, ReviewState.DIFFERS, ReviewState.SETTLED, ReviewState.DROPPED}),
    ReviewState.DIFFERS: frozenset({ReviewState.SETTLED}),
    ReviewState.SETTLED: frozenset(),
    ReviewState.DROPPED: frozenset(),
}
REVIEW_TONE: dict[ReviewState, str] = {
    ReviewState.WAITING: "caution",
    ReviewState.TAKEN: "info",
    ReviewState.DIFFERS: "serious",
    ReviewState.SETTLED: "ok",
    ReviewState.DROPPED: "neutral",
}
OPEN_REVIEWS = frozenset({ReviewState.WAITING, ReviewState.TAKEN})
READ_REVIEWS = frozenset({ReviewState.DIFFERS, ReviewState.SETTLED})


class ReviewOutcome(models.TextChoices):
    AGREED = "agreed", pgettext_lazy("second review", "Both agree")
    FIRST = "first_right", pgettext_lazy("second review", "The first was right")
    SECOND = "second_right", pgettext_lazy("second review", "The second was right")
    UNCLEAR = "unclear", pgettext_lazy("second review", "The policy leaves it open")


REVIEW_OUTCOME_TONE: dict[ReviewOutcome, str] = {
    ReviewOutcome.AGREED: "ok",
    ReviewOutcome.FIRST: "neutral",
    ReviewOutcome.SECOND: "caution",
    ReviewOutcome.UNCLEAR: "serious",
}
