"""Events and their delivery: the stream for those who poll, what is due, the log, and what a replay would repeat."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from enforcement.enums import DeliveryState, EndpointState
from enforcement.models import Delivery, DeliveryEvent, WebhookEndpoint
from enforcement.models.delivery import AILING


@dataclass(frozen=True)
class Chosen:
    """From when, or from which number on, events are sent again."""

    since: datetime | None = None
    number: int | None = None

    def __str__(self) -> str:
        return str(self.number) if self.number is not None else f"{self.since}"


class Stream(NamedTuple):
    events: list[DeliveryEvent]
    next: int
    more: bool


# --- events --------------------------------------------------------------------------------------


def stream(*, after: int, types: list[str], limit: int) -> Stream:
    """The events after a number. A reader that goes on from `next` misses none: smaller numbers are never given later."""
    rows = DeliveryEvent.objects.filter(number__gt=after)
    if types:
        rows = rows.filter(type__in=types)
    found = list(rows.order_by("number")[: limit + 1])
    shown = found[:limit]
    return Stream(shown, (shown[-1].number or after) if shown else after, len(found) > limit)


def envelope(event: DeliveryEvent) -> dict[str, Any]:
    """The event as the marketplace gets it, by webhook and from the stream alike."""
    return {
        "id": event.public_id,
        "type": event.type,
        "version": event.version,
        "timestamp": event.occurred_at.isoformat(),
        "cursor": None if event.number is None else str(event.number),
        "subject": {"merchant": event.merchant or None, "listing": event.listing or None},
        "data": event.data,
    }


def body(event: DeliveryEvent) -> bytes:
    """The same bytes on every try."""
    return json.dumps(envelope(event), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def last_number() -> int:
    last = DeliveryEvent.objects.filter(number__isnull=False).order_by("-number").values_list("number", flat=True)
    return last.first() or 0


# --- deliveries ----------------------------------------------------------------------------------


def heads(endpoint: WebhookEndpoint, at: datetime) -> QuerySet[Delivery]:
    """What may be sent now: the first that is owed of each subject, where its time has come.

    One that refuses everything is asked at its own times; how long a single delivery has waited then says nothing.
    """
    owed = Delivery.objects.filter(endpoint=endpoint, state=DeliveryState.OWED)
    before = owed.filter(subject=OuterRef("subject"), event__lt=OuterRef("event"))
    due = owed if endpoint.refuses_everything else owed.filter(next_try_at__lte=at)
    due = due.exclude(Exists(before))
    return due.select_related("event").order_by("next_try_at", "event_id")


def due_endpoints(at: datetime) -> list[int]:
    """Active ones that no worker holds and that have something to be sent now."""
    free = Q(busy_until__isnull=True) | Q(busy_until__lte=at)
    owed = Delivery.objects.filter(endpoint=OuterRef("pk"), state=DeliveryState.OWED)
    due = Exists(owed.filter(next_try_at__lte=at)) | Q(Exists(owed), failures__gte=AILING)
    rows = WebhookEndpoint.objects.filter(free, due, state=EndpointState.ACTIVE, next_try_at__lte=at)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def endpoints() -> QuerySet[WebhookEndpoint]:
    """With what waits and what was given up."""
    return WebhookEndpoint.objects.annotate(
        owed=_count_of(DeliveryState.OWED), given_up=_count_of(DeliveryState.GIVEN_UP)
    )


def _count_of(state: DeliveryState) -> Coalesce:
    """From the index of that state alone, however much was accepted."""
    rows = Delivery.objects.filter(endpoint=OuterRef("pk"), state=state).values("endpoint").order_by()
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0)


def log() -> QuerySet[Delivery]:
    return Delivery.objects.select_related("endpoint", "event")


def oldest_owed(endpoint_id: int) -> datetime | None:
    owed = Delivery.objects.filter(endpoint=endpoint_id, state=DeliveryState.OWED)
    oldest: datetime | None = owed.aggregate(oldest=Min("event__occurred_at"))["oldest"]
    return oldest


# --- replay --------------------------------------------------------------------------------------


def delivered(endpoint: WebhookEndpoint, chosen: Chosen) -> QuerySet[Delivery]:
    """What was accepted or given up, from that point on."""
    rows = Delivery.objects.filter(endpoint=endpoint, event__in=_from(endpoint, chosen))
    return rows.exclude(state=DeliveryState.OWED).order_by("pk")


def never_owed(endpoint: WebhookEndpoint, chosen: Chosen) -> QuerySet[DeliveryEvent]:
    """What happened before the endpoint was there, or was not asked for then."""
    there = Delivery.objects.filter(endpoint=endpoint, event=OuterRef("pk"))
    return _from(endpoint, chosen).exclude(Exists(there)).order_by("number")


def replayed(endpoint: WebhookEndpoint, chosen: Chosen) -> int:
    """How many a replay would send."""
    return delivered(endpoint, chosen).count() + never_owed(endpoint, chosen).count()


def _from(endpoint: WebhookEndpoint, chosen: Chosen) -> QuerySet[DeliveryEvent]:
    """Only what the endpoint asks for, and nothing that it will get anyway."""
    rows = DeliveryEvent.objects.filter(number__lte=endpoint.after)
    if endpoint.types:
        rows = rows.filter(type__in=endpoint.types)
    if chosen.number is not None:
        return rows.filter(number__gte=chosen.number)
    return rows.filter(occurred_at__gte=chosen.since)
