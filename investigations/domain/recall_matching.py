"""Alerts held against the catalogue, and what is new in the catalogue against the alerts. Safe to run twice.

An alert is owed by its own row; listings by the mark, which says up to which change they have been read.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from investigations.domain import recalls
from investigations.enums import MatchKind, MatchState
from investigations.models import RecallAlert, RecallMark, RecallMatch
from investigations.queries import recall_candidates as candidates
from investigations.text.likeness import Likeness, Offer, compare

ALERTS = 50
MOST_BY_TEXT = 30
"""Listings shown for one alert because their words are alike; the surest. What is exact is never left out."""
Found = tuple[Offer, Likeness]


def match_owed(at: datetime) -> int:
    """Hold what is owed against the catalogue, one alert in a transaction. Returns how many."""
    return sum(match_alert(alert_id=key, at=at) for key in candidates.owed(ALERTS))


@transaction.atomic
def match_alert(*, alert_id: int, at: datetime) -> int:
    """1 if it was owed and nobody else is at it."""
    rows = RecallAlert.objects.select_for_update(skip_locked=True).filter(owed_at__isnull=False)
    alert = rows.filter(pk=alert_id).first()
    if alert is None:
        return 0
    facts = recalls.facts_of(alert)
    found: list[Found] = []
    for chunk in candidates.offers_like(facts):
        found += [(offer, likeness) for offer in chunk if (likeness := compare(facts, offer))]
    _write(alert, _surest(found), at)
    seen = [offer.id for offer, _likeness in found]
    recalls.gone(_open(alert).exclude(listing__in=seen), at)
    alert.owed_at, alert.matched_at = None, at
    alert.save(update_fields=["owed_at", "matched_at"])
    return 1


@transaction.atomic
def match_changed(*, at: datetime, limit: int = candidates.CHUNK) -> int:
    """Hold the next listings that are new or have changed against the alerts. Returns how many; 0 means none is left."""
    RecallMark.objects.get_or_create(pk=1)
    mark = RecallMark.objects.select_for_update(skip_locked=True).first()
    if mark is None:  # somebody else is at it
        return 0
    if RecallAlert.objects.exists():
        offers, newest = candidates.changed_after(mark.change, limit=limit)
    else:
        offers, newest = [], candidates.newest_change()
    by_key = {offer.id: offer for offer in offers}
    _let_go_of(offers, at)
    alike = candidates.alerts_like(offers)
    for alert in RecallAlert.objects.filter(pk__in=alike).order_by("pk"):
        facts = recalls.facts_of(alert)
        pairs = [(by_key[key], compare(facts, by_key[key])) for key in alike[alert.pk]]
        _write(alert, [(offer, likeness) for offer, likeness in pairs if likeness], at)
    if newest != mark.change:
        mark.change = newest
        mark.save(update_fields=["change"])
    return len(offers)


def _surest(found: Sequence[Found]) -> list[Found]:
    by_text = [each for each in found if each[1].kind == MatchKind.TEXT]
    by_text.sort(key=lambda each: (-each[1].sureness, each[0].id))
    return [each for each in found if each[1].kind != MatchKind.TEXT] + by_text[:MOST_BY_TEXT]


def _open(alert: RecallAlert) -> QuerySet[RecallMatch]:
    return alert.matches.select_for_update().filter(state=MatchState.OPEN)


def _let_go_of(offers: Iterable[Offer], at: datetime) -> None:
    """Open matches with an older version of these listings: the new one is looked at by itself."""
    versions = {offer.id: offer.version for offer in offers}
    rows = RecallMatch.objects.select_for_update().filter(listing__in=versions, state=MatchState.OPEN)
    recalls.gone((row for row in rows.order_by("pk") if row.listing_version != versions[row.listing_id]), at)


def _write(alert: RecallAlert, found: Sequence[Found], at: datetime) -> None:
    """Make the matches equal to what was found. What a person has said of a listing's version stays said."""
    keys = [offer.id for offer, _likeness in found]
    known: dict[int, list[RecallMatch]] = {}
    for match in alert.matches.select_for_update().filter(listing__in=keys).order_by("pk"):
        known.setdefault(match.listing_id, []).append(match)
    fresh = []
    for offer, likeness in found:
        stored = likeness.as_stored()
        if _settled(known.get(offer.id, ()), offer, stored, at):
            continue
        fresh.append(
            RecallMatch(alert=alert, listing_id=offer.id, listing_version=offer.version, found_at=at, **stored)
        )
    RecallMatch.objects.bulk_create(fresh, batch_size=500)


def _settled(known: Iterable[RecallMatch], offer: Offer, stored: Mapping[str, Any], at: datetime) -> bool:
    """Whether no new row is needed: one is there for this version, or the product was confirmed before."""
    for match in known:
        if match.state == MatchState.CONFIRMED:
            return True
        if match.listing_version != offer.version:
            if match.state == MatchState.OPEN:
                recalls.gone([match], at)
            continue
        _refresh(match, stored, at)
        return True
    return False


def _refresh(match: RecallMatch, stored: Mapping[str, Any], at: datetime) -> None:
    if match.state not in (MatchState.OPEN, MatchState.GONE):
        return
    for name, value in stored.items():
        setattr(match, name, value)
    if match.state == MatchState.GONE:
        recalls.back(match, at)
    else:
        match.save(update_fields=list(stored))
