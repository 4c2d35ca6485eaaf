"""Buyers of what was recalled or removed, by order lines, and what was handed over of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from enforcement.enums import DeliveryState
from enforcement.models import DecisionItem, Delivery
from governance.accounts.permissions import Anyone
from investigations import permissions
from investigations.models import ConsumerAcknowledgement, ConsumerNotice, ConsumerPart, RecallAlert
from listings.models import OrderLine

CHUNK = 500
"""Order lines in one event."""
AT_ONCE = 200


@dataclass(frozen=True)
class Counted:
    buyers: int
    lines: int
    unknown: int


def lines(notice: ConsumerNotice) -> QuerySet[OrderLine]:
    """The order lines of the decision's listings in the six months before it was known, those of known buyers or not."""
    listings = notice.decision.items.filter(listing__isnull=False, reversal__isnull=True).values("listing")
    rows = OrderLine.objects.filter(listing__in=listings, ordered_at__gte=notice.since, ordered_at__lte=notice.until)
    return rows.order_by("pk")


def next_lines(notice: ConsumerNotice) -> list[OrderLine]:
    rows = lines(notice).filter(pk__gt=notice.cursor).exclude(buyer="").select_related("listing__merchant")
    return list(rows[:CHUNK])


def counted(notice: ConsumerNotice) -> Counted:
    known = ~Q(buyer="")
    found = (
        lines(notice)
        .order_by()
        .aggregate(
            buyers=Count("buyer", filter=known, distinct=True),
            lines=Count("pk", filter=known),
            unknown=Count("pk", filter=Q(buyer="")),
        )
    )
    return Counted(**found)


def due(at: datetime) -> list[int]:
    rows = ConsumerNotice.objects.filter(state="owed", due_at__lte=at).order_by("due_at", "pk")
    return list(rows.values_list("pk", flat=True)[:AT_ONCE])


def visible(user: Anyone) -> QuerySet[ConsumerNotice]:
    """Notices about listings in the person's markets."""
    if not permissions.can_read_recalls(user):
        return ConsumerNotice.objects.none()
    markets = permissions.markets(user)
    if markets is None:
        return loaded()
    offered = DecisionItem.objects.filter(decision=OuterRef("decision"), listing__markets__overlap=list(markets))
    return loaded().filter(Exists(offered))


def loaded() -> QuerySet[ConsumerNotice]:
    """All of them, with what was delivered and what the marketplace said of it."""
    delivered = Delivery.objects.filter(state=DeliveryState.ACCEPTED).order_by("accepted_at")
    parts = ConsumerPart.objects.order_by("number").prefetch_related(
        Prefetch("event__deliveries", queryset=delivered, to_attr="accepted")
    )
    said = ConsumerAcknowledgement.objects.order_by("-at", "-pk").select_related("actor")
    return ConsumerNotice.objects.select_related("decision__merchant").prefetch_related(
        Prefetch("parts", queryset=parts.select_related("event"), to_attr="in_order"),
        Prefetch("acknowledgements", queryset=said, to_attr="newest"),
    )


def of_alert(alert: RecallAlert, user: Anyone) -> QuerySet[ConsumerNotice]:
    """Of the decisions upon this alert."""
    decisions = alert.matches.filter(decision__isnull=False).values("decision")
    return visible(user).filter(decision__in=decisions).order_by("-created_at", "-pk")


def references(notice: ConsumerNotice) -> Iterator[list[Any]]:
    """For the file: buyer, order, day, listing, quantity."""
    rows = lines(notice).exclude(buyer="")
    named = rows.values_list("buyer", "order_id", "line", "ordered_at", "listing__external_id", "quantity")
    yield from map(list, named.iterator(chunk_size=2_000))


def delivered_at(notice: ConsumerNotice) -> datetime | None:
    """When the last part of it was accepted somewhere; None as long as one was not."""
    parts = notice.in_order  # type: ignore[attr-defined]
    times = [min(each.accepted_at for each in part.event.accepted) for part in parts if part.event.accepted]
    return max(times) if times and len(times) == len(parts) else None
