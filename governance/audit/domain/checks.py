"""Checks of the whole log: asked for, done by a worker, kept with their result."""

import time
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from governance.audit import events
from governance.audit.domain import seals
from governance.audit.domain.entries import Actor, record
from governance.audit.models import Check
from governance.web.refusals import MoveRefused

RUNNING = 0x5EA2  # advisory lock: one reading at a time
TELL_EVERY = 1.0  # seconds


@transaction.atomic
def ask(*, actor: Actor | None, at: datetime) -> Check:
    """Owe a check. One at a time: a second one would read the same."""
    if Check.objects.select_for_update().filter(finished_at__isnull=True).exists():
        raise MoveRefused(_("A check is under way already."))
    check = Check.objects.create(asked_at=at, asked_by_id=None if actor is None else actor.pk)
    record(verb="log.check_asked", actor=actor, subject_kind="check", subject_id=check.pk, at=at)
    events.check_asked.send(Check, check_id=check.pk)
    return check


def ask_daily(*, at: datetime) -> Check | None:
    """Owe the day's check, unless one is under way."""
    try:
        return ask(actor=None, at=at)
    except MoveRefused:
        return None


def run_owed(*, at: datetime) -> Check | None:
    """Seal what is open and do the check that is owed, if there is one and nobody else is at it. Safe to run twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [RUNNING])
        if not cursor.fetchone()[0]:
            return None
    try:
        check = Check.objects.filter(finished_at__isnull=True).first()
        return _run(check, at) if check else None
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [RUNNING])


def _run(check: Check, at: datetime) -> Check:
    told = time.monotonic()

    def tell(entries: int) -> None:
        nonlocal told
        if time.monotonic() - told > TELL_EVERY:
            told = time.monotonic()
            Check.objects.filter(pk=check.pk).update(entries=entries)

    seals.seal(at)
    return _finish(check, seals.verify(progress=tell), at)


@transaction.atomic
def _finish(check: Check, found: seals.Verification, at: datetime) -> Check:
    check.finished_at, check.ok, check.entries, check.seals = at, found.ok, found.entries, found.seals
    check.unsealed, check.digest = found.unsealed, found.digest
    check.first_broken, check.broken_entry = found.first_broken, found.broken_entry
    check.save()
    data = {"ok": found.ok, "entries": found.entries, "first_broken": found.first_broken}
    record(verb="log.checked", actor=None, subject_kind="check", subject_id=check.pk, data=data, at=at)
    return check
