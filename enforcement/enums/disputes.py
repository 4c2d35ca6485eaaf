"""Matters that went to a certified body out of court, or to a court."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Forum(models.TextChoices):
    BODY = "body", _("Certified body")
    COURT = "court", _("Court")


class DisputeState(models.TextChoices):
    OPEN = "open", pgettext_lazy("dispute", "Open")
    DECIDED = "decided", pgettext_lazy("dispute", "Decided")
    IN_EFFECT = "in_effect", pgettext_lazy("dispute", "Carried out")
    WITHDRAWN = "withdrawn", pgettext_lazy("dispute", "Withdrawn")


DISPUTE_MOVES: dict[DisputeState, frozenset[DisputeState]] = {
    DisputeState.OPEN: frozenset({DisputeState.DECIDED, DisputeState.WITHDRAWN}),
    DisputeState.DECIDED: frozenset({DisputeState.IN_EFFECT}),
    DisputeState.IN_EFFECT: frozenset(),
    DisputeState.WITHDRAWN: frozenset(),
}
DISPUTE_TONE: dict[DisputeState, str] = {
    DisputeState.OPEN: "caution",
    DisputeState.DECIDED: "info",
    DisputeState.IN_EFFECT: "ok",
    DisputeState.WITHDRAWN: "neutral",
}


class DisputeOutcome(models.TextChoices):
    CONFIRMED = "confirmed", _("Our decision stands")
    PARTLY = "partly", _("Against us in part")
    AGAINST_US = "against_us", _("Against us")
    SETTLED = "settled", _("Settled between us")


LOST_DISPUTES = frozenset({DisputeOutcome.PARTLY, DisputeOutcome.AGAINST_US})
"""What they say is carried out: the decision is reversed, in whole or in part."""
