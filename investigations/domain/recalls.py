"""Alerts as they come, corrected or not, and what people say of the listings that are like them."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.translation import gettext as _

from governance.accounts.enums import Kind
from governance.accounts.models import User
from governance.audit.domain import entries
from governance.web.refusals import MoveRefused, Refusal
from investigations import events
from investigations.domain.acting import NotAPerson
from investigations.enums import MATCH_MOVES, KeyKind, MatchState
from investigations.models import (
    RecallAlert,
    RecallImport,
    RecallKey,
    RecallMatch,
    RecallMatchMove,
    RecallVersion,
)
from investigations.text import identifiers
from investigations.text.likeness import Alert
from investigations.text.recall_layouts import Fault, LayoutUnknown, Read, read

KEPT = (
    "country", "published_on", "product", "name", "description", "brands", "model_names", "barcodes", "batches",
    "risk_types", "risk", "measures", "link", "language",
)  # fmt: skip
"""What a version keeps; equal means nothing changed."""
MOST_FAULTS = 200
AT_ONCE = 500


@transaction.atomic
def receive_file(*, data: bytes, origin: str, actor: User | None, at: datetime) -> RecallImport:
    """Take in a file of alerts. Raises Refusal where nothing of it can be read; a bad alert stays out alone."""
    try:
        rows = list(read(data))
    except LayoutUnknown as fault:
        raise Refusal(str(fault)) from None
    return receive(rows=rows, origin=origin, actor=actor, at=at)


@transaction.atomic
def receive(*, rows: Iterable[Read | Fault], origin: str, actor: User | None, at: datetime) -> RecallImport:
    """Take in alerts: new ones, corrigenda as new versions; the same again changes nothing. What is new is to be matched."""
    run = RecallImport.objects.create(origin=origin[:300], actor=actor, at=at)
    counts = {"created": 0, "corrected": 0, "unchanged": 0}
    faults: list[Fault] = []
    for row in rows:
        if isinstance(row, Fault):
            faults.append(row)
        else:
            counts[_take(row, run, at)] += 1
    for name, count in counts.items():
        setattr(run, name, count)
    run.refused = len(faults)
    run.faults = [vars(fault) for fault in faults[:MOST_FAULTS]]
    run.save(update_fields=[*counts, "refused", "faults"])
    data: dict[str, Any] = {**counts, "refused": run.refused, "origin": run.origin}
    entries.record(
        verb="recall.received", actor=actor, subject_kind="recall_import", subject_id=run.pk, data=data, at=at
    )
    if counts["created"] or counts["corrected"]:
        events.recalls_owed.send(RecallAlert)
    return run


@transaction.atomic
def judge(*, matches: Sequence[int], to: MatchState, actor: User, at: datetime) -> list[RecallMatch]:
    """Say of these matches that they are the product, that they are not, or (OPEN) that it is to be looked at again.

    Returns those that were moved; said twice it is said once. Raises MoveRefused where something was done upon one.
    """
    if actor.kind == Kind.SERVICE:
        raise NotAPerson(_("A person says whether it is the recalled product."))
    rows = RecallMatch.objects.select_for_update(of=("self",)).select_related("alert")
    moved = []
    for match in rows.filter(pk__in=matches).order_by("pk"):
        if match.state == to:
            continue
        if match.decision_id is not None:
            raise MoveRefused(_("L-%(listing)s was acted upon already.") % {"listing": match.listing_id})
        match.decided_by, match.decided_at = (None, None) if to == MatchState.OPEN else (actor, at)
        _move(match, to, actor=actor, at=at)
        moved.append(match)
    if moved:
        subjects = [
            entries.Subject(each.listing_id, f"L-{each.listing_id}", {"alert": str(each.alert)}) for each in moved
        ]
        verb = VERBS[to]
        entries.record_many(verb=verb, actor=actor, subject_kind="listing", subjects=subjects, at=at)
    return moved


VERBS = {
    MatchState.CONFIRMED: "recall.confirmed",
    MatchState.REJECTED: "recall.rejected",
    MatchState.OPEN: "recall.reopened",
}


def gone(matches: Iterable[RecallMatch], at: datetime) -> None:
    """Alert or listing has changed, and they are not alike any more. The rows are locked by the caller."""
    for match in matches:
        _move(match, MatchState.GONE, actor=None, at=at)


def back(match: RecallMatch, at: datetime) -> None:
    """Alike again, after another corrigendum."""
    _move(match, MatchState.OPEN, actor=None, at=at)


def facts_of(alert: RecallAlert) -> Alert:
    return Alert(
        barcodes=tuple(alert.barcodes),
        brands=tuple(alert.brands),
        models=tuple(alert.model_names),
        batches=tuple(alert.batches),
        product=alert.product,
        name=alert.name,
    )


# --- writing ---------------------------------------------------------------------------------------


def _take(row: Read, run: RecallImport, at: datetime) -> str:
    known = RecallAlert.objects.select_for_update().filter(source=row.source, reference=row.reference).first()
    alert = known or RecallAlert(source=row.source, reference=row.reference, version=0, received_at=at)
    if known and row.modified_at and known.modified_at and row.modified_at < known.modified_at:
        return "unchanged"
    for name, value in row.content.items():
        setattr(alert, name, value)
    content = {name: getattr(alert, name) for name in KEPT}
    digest = _hash(content)
    if known and digest == known.content_hash:
        return "unchanged"
    alert.content_hash = digest
    alert.modified_at = row.modified_at or alert.modified_at
    alert.version += 1
    alert.corrected_at = at if known else None
    alert.owed_at = at
    alert.save()
    RecallVersion.objects.create(
        alert=alert, number=alert.version, content=_plain(content), came_by=run, received_at=at
    )
    _write_keys(alert)
    return "corrected" if known else "created"


def _plain(content: Mapping[str, Any]) -> Any:
    return json.loads(json.dumps(content, cls=DjangoJSONEncoder))


def _hash(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, cls=DjangoJSONEncoder, sort_keys=True).encode()).hexdigest()


def _write_keys(alert: RecallAlert) -> None:
    facts = facts_of(alert)
    keyed = {
        KeyKind.GTIN: facts.gtins,
        KeyKind.BRAND: set(facts.brand_keys) | first_words(facts),
        KeyKind.MODEL: set(facts.model_keys),
        KeyKind.WORD: frozenset().union(*facts.words) if facts.words else frozenset(),
    }
    alert.keys.all().delete()
    rows = [RecallKey(alert=alert, kind=kind, key=key) for kind, keys in keyed.items() for key in sorted(keys)]
    RecallKey.objects.bulk_create(rows, batch_size=AT_ONCE)


def first_words(facts: Alert) -> set[str]:
    """`Bosch` of `Bosch Professional`: a listing may name the shorter."""
    firsts = {identifiers.compact(brand.split()[0]) for brand in facts.brands if brand.split()}
    known = {key for key in firsts if identifiers.SHORT_MODEL <= len(key) <= identifiers.LONGEST_KEY}
    return known - identifiers.PLACEHOLDERS


def _move(match: RecallMatch, to: MatchState, *, actor: User | None, at: datetime) -> None:
    """Check, write, record. The only function that writes a match's state."""
    was = MatchState(match.state)
    if to not in MATCH_MOVES[was]:
        raise MoveRefused(
            _("L-%(listing)s is “%(state)s” and cannot become “%(to)s”.")
            % {"listing": match.listing_id, "state": was.label, "to": to.label}
        )
    match.state = to
    match.save(update_fields=["state", "decided_by", "decided_at", "kind", "sureness", "basis", "against"])
    RecallMatchMove.objects.create(match=match, from_state=was, to_state=to, actor=actor, moved_at=at)
