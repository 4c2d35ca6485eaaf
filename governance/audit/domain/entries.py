"""Writing the log. Every verb of every room calls `record` in its own transaction."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple, Protocol

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from governance.audit.models import Entry
from governance.audit.models.entry import AUTOMATION

BATCH = 5_000
INSERT = """
    INSERT INTO audit_entry (at, actor_id, actor_label, verb, subject_kind, subject_id, subject_ref, data)
    SELECT %s, %s, %s, %s, %s, subject.id, subject.ref, subject.data::jsonb
    FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS subject (id, ref, data)
"""


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
    """Add one entry per subject, set by set: a sweep decides thousands at once. Returns how many."""
    written, label = 0, actor_label or _label(actor)
    with transaction.atomic(), connection.cursor() as cursor:
        for batch in _batched(subjects):
            ids = [subject.id for subject in batch]
            refs = [subject.ref for subject in batch]
            data = [json.dumps(dict(subject.data or {}), cls=DjangoJSONEncoder) for subject in batch]
            actor_id = None if actor is None else actor.pk
            cursor.execute(INSERT, [at, actor_id, label, verb, subject_kind, ids, refs, data])
            written += len(batch)
    return written


def _batched(subjects: Iterable[Subject]) -> Iterator[list[Subject]]:
    rest = iter(subjects)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _entry(verb: str, actor: Actor | None, label: str, kind: str, subject: Subject, at: datetime) -> Entry:
    return Entry(
        at=at,
        actor_id=None if actor is None else actor.pk,
        actor_label=label or _label(actor),
        verb=verb,
        subject_kind=kind,
        subject_id=subject.id,
        subject_ref=subject.ref,
        data=dict(subject.data or {}),
    )


def _label(actor: Actor | None) -> str:
    return AUTOMATION if actor is None else actor.pseudonym
