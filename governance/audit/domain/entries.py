"""Writing the log. Every verb of every room calls `record` in its own transaction."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from governance.audit.models import Entry
from governance.audit.models.entry import AUTOMATION

BATCH = 2_000


class Actor(Protocol):
    """Whoever may act: a person or a key's service user."""

    pk: Any
    pseudonym: str


class Subject(NamedTuple):
    """One of many subjects of the same verb."""

    id: int | None
    ref: str = ""
    data: Mapping[str, Any] | None = None


def record(
    *,
    verb: str,
    actor: Actor | None,
    subject_kind: str,
    at: datetime,
    subject_id: int | None = None,
    subject_ref: str = "",
    data: Mapping[str, Any] | None = None,
    actor_label: str = "",
) -> Entry:
    """Add one entry. `actor=None` is automation, or whom `actor_label` names: "merchant" for what a merchant did."""
    entry = _entry(verb, actor, actor_label, subject_kind, Subject(subject_id, subject_ref, data), at)
    entry.save(force_insert=True)
    return entry


def record_many(
    *,
    verb: str,
    actor: Actor | None,
    subject_kind: str,
    subjects: Iterable[Subject],
    at: datetime,
    actor_label: str = "",
) -> int:
    """Add one entry per subject by bulk insert; returns how many."""
    entries = [_entry(verb, actor, actor_label, subject_kind, subject, at) for subject in subjects]
    Entry.objects.bulk_create(entries, batch_size=BATCH)
    return len(entries)


def _entry(verb: str, actor: Actor | None, label: str, kind: str, subject: Subject, at: datetime) -> Entry:
    return Entry(
        at=at,
        actor_id=None if actor is None else actor.pk,
        actor_label=label or (AUTOMATION if actor is None else actor.pseudonym),
        verb=verb,
        subject_kind=kind,
        subject_id=subject.id,
        subject_ref=subject.ref,
        data=dict(subject.data or {}),
    )
