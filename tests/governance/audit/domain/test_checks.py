"""A check is owed, done once, and kept with what it found."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from governance.accounts.models import User
from governance.audit.domain import checks
from governance.audit.domain.entries import record
from governance.audit.domain.seals import seal
from governance.audit.models import Check, Entry
from governance.web.refusals import MoveRefused

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


def test_a_check_is_asked_for_once_done_once_and_kept() -> None:
    ines = User.objects.create_user("ines", "ines@example.org", pseudonym="Auditor D4")
    record(verb="case.closed", actor=None, subject_kind="case", subject_id=1, at=NOON)
    asked = checks.ask(actor=ines, at=NOON)
    with pytest.raises(MoveRefused, match="under way already"):
        checks.ask(actor=ines, at=NOON)
    assert checks.ask_daily(at=NOON) is None
    with pytest.raises(IntegrityError), transaction.atomic():
        Check.objects.create(asked_at=NOON)
    done = checks.run_owed(at=NOON)
    assert done is not None
    assert (done, done.ok, done.entries, done.unsealed, done.first_broken) == (asked, True, 2, 0, "")
    assert checks.run_owed(at=NOON) is None
    assert list(Entry.objects.order_by("id").values_list("verb", "actor_label")) == [
        ("case.closed", "automation"),
        ("log.check_asked", "Auditor D4"),
        ("log.checked", "automation"),
    ]


def test_a_check_keeps_what_it_found_broken() -> None:
    touched = record(verb="case.closed", actor=None, subject_kind="case", subject_id=1, at=NOON)
    made = seal(NOON)[0]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE audit_entry SET verb = 'case.opened'")
    checks.ask_daily(at=NOON)
    done = checks.run_owed(at=NOON)
    assert done is not None
    assert (done.ok, done.broken_entry, done.first_broken) == (
        False,
        touched.pk,
        f"entry {touched.pk} was edited after seal {made.pk}",
    )


def test_a_reading_under_way_is_not_begun_twice() -> None:
    checks.ask_daily(at=NOON)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [checks.RUNNING])
            assert checks.run_owed(at=NOON) is None
            cursor.execute("SELECT pg_advisory_unlock(%s)", [checks.RUNNING])
    finally:
        other.close()
    done = checks.run_owed(at=NOON)
    assert done is not None
    assert done.ok
