"""The outbox for the marketplace: each call writes events in the transaction of what they tell.

Written by the functions through which everything passes: restrictions imposed, a decision's or an appeal's move, the
projections of what shoppers see and of what merchants may do. The shapes are a contract (docs/delivery.md): names and references
of the marketplace, no person, no words of a person.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, NamedTuple

from enforcement import events
from enforcement.domain import ordered
from enforcement.enums import APPEAL_EVENTS, DECISION_EVENTS, EventType, LiftedBecause
from enforcement.models import Appeal, Decision, DecisionItem, DeliveryEvent, ItemReversal
from listings.domain.rights import Rights
from listings.domain.visibility import Change
from listings.models import Listing, Merchant
from listings.queries.visibility import Met

MOST_LISTINGS = 1_000
"""References in one event; `listings_total` counts all."""
BATCH = 2_000


class Subject(NamedTuple):
    """What an event is ordered by, and the marketplace's own references."""

    key: str
    merchant: str = ""
    listing: str = ""


def decision_issued(*, decision: Decision, at: datetime) -> None:
    """Its measure is in force from now on."""
    _of_decision(EventType.DECISION_ISSUED, decision, None, at)


def decision_announced(*, decision: Decision, at: datetime) -> None:
    """The merchant is told; it takes effect later unless it is corrected."""
    _of_decision(EventType.DECISION_ANNOUNCED, decision, None, at)


def decision_withdrawn(*, decision: Decision, at: datetime) -> None:
    """What was announced never takes effect."""
    _of_decision(EventType.DECISION_WITHDRAWN, decision, None, at)


def decision_moved(*, decision: Decision, to: str, items: Collection[int], at: datetime) -> None:
    """The decision, or these items of it (none named: all), came to this. Some states say nothing to the marketplace."""
    kind = DECISION_EVENTS.get(to)
    if kind is None:
        return
    if kind == EventType.DECISION_REVERSED and _is_undone(items):
        kind = EventType.DECISION_UNDONE
    _of_decision(kind, decision, set(items) or None, at)


def appeal_filed(*, appeal: Appeal, at: datetime) -> None:
    _of_appeal(EventType.APPEAL_FILED, appeal, at)


def appeal_moved(*, appeal: Appeal, to: str, at: datetime) -> None:
    kind = APPEAL_EVENTS.get(to)
    if kind is not None:
        _of_appeal(kind, appeal, at)


def appeal_told(*, appeal: Appeal, kind: EventType, at: datetime) -> None:
    """A question was asked or answered; the appeal stays as it is."""
    _of_appeal(kind, appeal, at)


def visibility_changed(*, changes: Sequence[Change], at: datetime) -> None:
    """One event for each listing, with each market in which shoppers meet it otherwise than before."""
    by_listing: dict[int, list[Change]] = {}
    for change in changes:
        by_listing.setdefault(change.listing_id, []).append(change)
    known = Listing.objects.filter(pk__in=by_listing).values_list("pk", "external_id", "merchant__external_id")
    subjects = {pk: Subject(f"L{pk}", merchant, listing) for pk, listing, merchant in known}
    _write(
        (EventType.VISIBILITY_CHANGED, subjects[pk], {"markets": [_market(change) for change in of_listing]}, at)
        for pk, of_listing in by_listing.items()
    )


def rights_changed(*, merchant_id: int, rights: Rights, at: datetime) -> None:
    """What the merchant may do, and may not, as it is now."""
    data = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(rights).items()}
    _write([(EventType.RIGHTS_CHANGED, _merchant(merchant_id), data, at)])


def consumers_to_notify(*, decision: Decision, data: dict[str, Any], at: datetime) -> DeliveryEvent:
    """Buyers of the decision's listings are to be told: one chunk of them, by the marketplace's references."""
    subject, _listings = _of_items(decision, None)
    return _write([(EventType.CONSUMERS_TO_NOTIFY, subject, {"decision": decision.reference} | data, at)])[0]


def test(*, endpoint_id: int, at: datetime) -> DeliveryEvent:
    """Something to send to one endpoint; it is in no stream and has no number."""
    event = DeliveryEvent(type=EventType.TEST, subject=f"E{endpoint_id}", occurred_at=at)
    event.save(force_insert=True)
    return event


def _of_decision(kind: EventType, decision: Decision, items: set[int] | None, at: datetime) -> None:
    subject, listings = _of_items(decision, items)
    held_back = ordered.held_back_until(decision, at)
    data = {
        "decision": decision.reference,
        "state": decision.state,
        "policy": decision.version.policy.slug,
        "policy_version": decision.version.number,
        "measure": decision.measure,
        "markets": decision.markets,
        "minimum_age": decision.minimum_age,
        "label": decision.label,
        "listings_a_day": decision.listings_a_day,
        "correct_by": decision.correct_by and decision.correct_by.isoformat(),
        "starts_at": decision.starts_at.isoformat(),
        "ends_at": decision.ends_at and decision.ends_at.isoformat(),
        "superseded_by": decision.superseded_by.reference if decision.superseded_by else None,
        "tell_after": held_back and held_back.isoformat(),
        "listings": listings[:MOST_LISTINGS],
        "listings_total": len(listings),
    }
    _write([(kind, subject, data, at)])


def _of_appeal(kind: EventType, appeal: Appeal, at: datetime) -> None:
    contested = set(appeal.items.values_list("item_id", flat=True))
    decisions = list(appeal.decisions.order_by("pk"))
    subject, listings = _of_items(appeal.decision, contested)
    if len(decisions) > 1:
        subject = Subject(f"M{appeal.merchant_id}", appeal.decision.merchant.external_id)
        listings = [name for each in decisions for name in _of_items(each, contested)[1]]
    data = {
        "appeal": appeal.reference,
        "decision": appeal.decision.reference,
        "decisions": [each.reference for each in decisions],
        "state": appeal.state,
        "filed_at": appeal.filed_at.isoformat(),
        "answer_due_at": appeal.due_at.isoformat(),
        "listings": listings[:MOST_LISTINGS],
        "listings_total": len(listings),
    }
    _write([(kind, subject, data, at)])


def _of_items(decision: Decision, items: set[int] | None) -> tuple[Subject, list[str]]:
    """A decision about one listing is ordered with that listing's events, any other with its merchant's."""
    rows = list(
        DecisionItem.objects.filter(decision=decision, listing__isnull=False)
        .order_by("pk")
        .values_list("pk", "listing_id", "listing__external_id")
    )
    listings = [listing for pk, _listing_id, listing in rows if items is None or pk in items]
    merchant = decision.merchant
    if len(rows) == 1:
        return Subject(f"L{rows[0][1]}", merchant.external_id, rows[0][2]), listings
    return Subject(f"M{merchant.pk}", merchant.external_id), listings


def _merchant(merchant_id: int) -> Subject:
    return Subject(f"M{merchant_id}", Merchant.objects.values_list("external_id", flat=True).get(pk=merchant_id))


def _market(change: Change) -> dict[str, Any]:
    before = {f"{name}_before": value for name, value in _met(change.before).items()}
    return {"market": change.market} | _met(change.after) | before


def _met(met: Met) -> dict[str, Any]:
    return {
        "exposure": met.exposure.value,
        "minimum_age": met.minimum_age,
        "demoted": met.demoted,
        "labels": [label.value for label in met.labels],
    }


def _is_undone(items: Collection[int]) -> bool:
    return ItemReversal.objects.filter(item__in=items, because=LiftedBecause.UNDONE).exists()


def _write(told: Iterable[tuple[EventType, Subject, dict[str, Any], datetime]]) -> list[DeliveryEvent]:
    rows = [
        DeliveryEvent(
            type=kind, subject=about.key, merchant=about.merchant, listing=about.listing, data=data, occurred_at=at
        )
        for kind, about, data, at in told
    ]
    DeliveryEvent.objects.bulk_create(rows, batch_size=BATCH)
    if rows:
        events.delivery_owed.send(DeliveryEvent)
    return rows
