"""Buyers of what was recalled or removed, by order lines, and what was handed over of them."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from enforcement.enums import DeliveryState, Origin
from enforcement.models import Decision, DecisionItem, Delivery
from enforcement.queries import deadlines
from enforcement.queries.decisions import concerns_buyers
from governance.accounts.permissions import Anyone
from governance.policies.models import PolicyText
from investigations import permissions
from investigations.enums import ConsumerCause
from investigations.models import ConsumerAcknowledgement, ConsumerNotice, ConsumerPart, RecallAlert
from listings.models import OrderLine

MONTHS = 6
"""DSA Art. 32(1): those who bought in the six months before the platform knew."""
CHUNK = 500
"""Order lines in one event."""
AT_ONCE = 200


@dataclass(frozen=True)
class Counted:
    buyers: int
    lines: int
    unknown: int


def six_months_before(at: datetime) -> datetime:
    return deadlines.day_after(deadlines.months_after(at.date(), -MONTHS)) - timedelta(days=1)


def lines(notice: ConsumerNotice) -> QuerySet[OrderLine]:
    """The order lines of the decision's listings in the six months before it was known, those of known buyers or not."""
    rows = bought(notice.decision, only_where_it_holds=notice.cause == ConsumerCause.ILLEGAL)
    return rows.filter(ordered_at__gte=notice.since, ordered_at__lte=notice.until).order_by("pk")


def bought(decision: Decision, *, only_where_it_holds: bool) -> QuerySet[OrderLine]:
    """All order lines of what the decision is about. A recalled product is dangerous wherever it was bought; an illegal one was
    bought where the decision holds."""
    items = decision.items.filter(listing__isnull=False, reversal__isnull=True)
    if not only_where_it_holds:
        return OrderLine.objects.filter(listing__in=items.values("listing"))
    found = Q(pk__in=[])
    for markets, listings in _where(decision, items).items():
        found |= Q(listing__in=listings, market__in=markets)
    return OrderLine.objects.filter(found)


def _where(decision: Decision, items: QuerySet[DecisionItem]) -> dict[frozenset[str], list[int]]:
    """The listings by the markets that the decision holds in, those that they were offered in before among them. Left out is
    where a listing stays on sale."""
    named = frozenset(decision.markets or decision.version.jurisdictions)
    found: dict[frozenset[str], list[int]] = defaultdict(list)
    for listing, acted, offered in items.values_list("listing", "markets", "listing__markets"):
        found[named - (frozenset(offered) - frozenset(acted))].append(listing)
    return found


def next_lines(notice: ConsumerNotice) -> list[OrderLine]:
    rows = lines(notice).filter(pk__gt=notice.cursor).exclude(buyer="").select_related("listing__merchant")
    return list(rows[:CHUNK])


def counted(notice: ConsumerNotice) -> Counted:
    return _count(lines(notice))


def concerned(decision: Decision, at: datetime) -> Counted:
    """Whom a notice that is owed now would be about."""
    rows = bought(decision, only_where_it_holds=True)
    return _count(rows.filter(ordered_at__gte=six_months_before(at), ordered_at__lte=at))


def _count(rows: QuerySet[OrderLine]) -> Counted:
    known = ~Q(buyer="")
    found = rows.order_by().aggregate(
        buyers=Count("buyer", filter=known, distinct=True),
        lines=Count("pk", filter=known),
        unknown=Count("pk", filter=Q(buyer="")),
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


def of_decision(decision: Decision, user: Anyone) -> ConsumerNotice | None:
    return visible(user).filter(decision=decision).first()


def why(decision: Decision, language: str) -> str:
    """Why the law forbids it, as its policy says it in a language, else in English. Empty upon an order: that has its own reasons."""
    if decision.origin_kind == Origin.ORDER:
        return ""
    rows = PolicyText.objects.filter(version=decision.version_id, language__in={language, "en"})
    texts = dict(rows.values_list("language", "statement"))
    return texts.get(language) or texts.get("en", "")


def to_tell(decisions: Collection[Decision], user: Anyone) -> set[int]:
    """Those whose buyers bought what is illegal and are not told of it, where the person may have them told."""
    keys = {each.pk for each in decisions if concerns_buyers(each)}
    if not keys or not permissions.can_tell_buyers(user):
        return set()
    return keys - set(ConsumerNotice.objects.filter(decision__in=keys).values_list("decision", flat=True))


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
