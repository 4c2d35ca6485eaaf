"""Events for the marketplace, endpoints and deliveries."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class EventType(models.TextChoices):
    """What the marketplace is told. The values are a contract: docs/delivery.md."""

    DECISION_ANNOUNCED = "decision.announced", _("Decision announced")
    DECISION_ISSUED = "decision.issued", _("Decision issued")
    DECISION_REVERSED = "decision.reversed", _("Decision reversed")
    DECISION_UNDONE = "decision.undone", _("Decision undone")
    DECISION_SETTLED = "decision.settled", _("Decision settled")
    DECISION_EXPIRED = "decision.expired", _("Decision expired")
    DECISION_SUPERSEDED = "decision.superseded", _("Decision replaced")
    DECISION_WITHDRAWN = "decision.withdrawn", _("Decision withdrawn")
    VISIBILITY_CHANGED = "listing.visibility_changed", _("Visibility of a listing changed")
    RIGHTS_CHANGED = "merchant.rights_changed", _("What a merchant may do changed")
    APPEAL_FILED = "appeal.filed", _("Appeal filed")
    APPEAL_ASKED = "appeal.question_asked", _("Merchant asked about an appeal")
    APPEAL_CLARIFIED = "appeal.question_answered", _("Question about an appeal answered")
    APPEAL_DECIDED = "appeal.decided", _("Appeal decided")
    APPEAL_WITHDRAWN = "appeal.withdrawn", _("Appeal withdrawn")
    CONSUMERS_TO_NOTIFY = "consumers.to_notify", _("Buyers to be told")
    TEST = "webhook.test", _("Test event")


CATALOGUE = tuple(each for each in EventType if each != EventType.TEST)
"""All that happens; a test goes only to the endpoint for which it was asked."""
# By the state's value: what a move into it means for the marketplace. A state that is not here means nothing to it.
DECISION_EVENTS: dict[str, EventType] = {
    "partly_reversed": EventType.DECISION_REVERSED,
    "reversed": EventType.DECISION_REVERSED,
    "settled": EventType.DECISION_SETTLED,
    "expired": EventType.DECISION_EXPIRED,
    "superseded": EventType.DECISION_SUPERSEDED,
}
APPEAL_EVENTS: dict[str, EventType] = {
    "upheld": EventType.APPEAL_DECIDED,
    "partly_overturned": EventType.APPEAL_DECIDED,
    "overturned": EventType.APPEAL_DECIDED,
    "inadmissible": EventType.APPEAL_DECIDED,
    "withdrawn": EventType.APPEAL_WITHDRAWN,
}


class EndpointState(models.TextChoices):
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    REMOVED = "removed", _("Removed")


ENDPOINT_MOVES: dict[EndpointState, frozenset[EndpointState]] = {
    EndpointState.ACTIVE: frozenset({EndpointState.PAUSED, EndpointState.REMOVED}),
    EndpointState.PAUSED: frozenset({EndpointState.ACTIVE, EndpointState.REMOVED}),
    EndpointState.REMOVED: frozenset(),
}
ENDPOINT_TONE: dict[EndpointState, str] = {
    EndpointState.ACTIVE: "ok",
    EndpointState.PAUSED: "caution",
    EndpointState.REMOVED: "neutral",
}


class DeliveryState(models.TextChoices):
    OWED = "owed", pgettext_lazy("delivery", "To be delivered")
    ACCEPTED = "accepted", pgettext_lazy("delivery", "Accepted")
    GIVEN_UP = "given_up", pgettext_lazy("delivery", "Given up")


# What was accepted or given up is owed again by a replay.
DELIVERY_MOVES: dict[DeliveryState, frozenset[DeliveryState]] = {
    DeliveryState.OWED: frozenset({DeliveryState.ACCEPTED, DeliveryState.GIVEN_UP}),
    DeliveryState.ACCEPTED: frozenset({DeliveryState.OWED}),
    DeliveryState.GIVEN_UP: frozenset({DeliveryState.OWED}),
}
DELIVERY_TONE: dict[DeliveryState, str] = {
    DeliveryState.OWED: "caution",
    DeliveryState.ACCEPTED: "ok",
    DeliveryState.GIVEN_UP: "critical",
}
