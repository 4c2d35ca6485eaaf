"""Sealing and verifying on real transactions, with the trigger switched off where a superuser cheats."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, connections, transaction
from django.db.backends.utils import CursorWrapper

from governance.audit.domain.entries import Subject, record, record_many
from governance.audit.domain.seals import seal, verify
from governance.audit.models import Entry, Seal

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


def write(number: int, *, verb: str = "case.closed") -> Entry:
    return record(
        verb=verb, actor=None, subject_kind="case", subject_id=number, data={"price": 1.5, "name": "Ω"}, at=NOON
    )


@contextmanager
def superuser() -> Iterator[CursorWrapper]:
    """A cursor before which the append-only triggers are blind."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor


def test_an_untouched_log_verifies_and_an_empty_one_needs_no_seal() -> None:
    assert seal(NOON) == []
    for number in range(5):
        write(number)
    first = seal(NOON)
    write(6)
    second = seal(NOON + timedelta(minutes=1))
    assert seal(NOON + timedelta(minutes=2)) == []
    write(7)
    found = verify()
    assert ([each.entries for each in first + second], found.ok, found.entries, found.seals, found.unsealed) == (
        [5, 1],
        True,
        6,
        2,
        1,
    )
    assert found.digest == second[0].digest
    assert second[0].previous == first[0].digest


@pytest.mark.parametrize(
    ("cheat", "wrong"),
    [
        ("UPDATE audit_entry SET actor_label = 'somebody' WHERE id = {id}", "entry {id} was edited after seal {seal}"),
        (
            "UPDATE audit_entry SET data = '{{\"price\": 1.50}}' WHERE id = {id}",
            "entry {id} was edited after seal {seal}",
        ),
        (
            "UPDATE audit_entry SET at = at + interval '1 microsecond' WHERE id = {id}",
            "entry {id} was edited after seal {seal}",
        ),
        ("UPDATE audit_entry SET subject_id = NULL WHERE id = {id}", "entry {id} was edited after seal {seal}"),
        ("DELETE FROM audit_entry WHERE id = {id}", "entry {id} was removed after seal {seal}"),
        ("UPDATE audit_entry SET txid = txid + 1000000 WHERE id = {id}", "entry {id} was removed after seal {seal}"),
        (
            "INSERT INTO audit_entry (id, at, actor_label, verb, subject_kind, subject_ref, data, txid) "
            "SELECT 900001, at, actor_label, verb, subject_kind, subject_ref, data, txid FROM audit_entry WHERE id = {id}",
            "entry 900001 was inserted into the time of seal {seal}",
        ),
        (
            "UPDATE audit_seal SET sealed_at = sealed_at + interval '1 hour' WHERE id = {seal}",
            "seal {seal} itself was edited",
        ),
        ("UPDATE audit_seal SET entries = 3 WHERE id = {seal}", "seal {seal} itself was edited"),
        ("UPDATE audit_seal SET to_id = to_id + 1 WHERE id = {seal}", "seal {seal} itself was edited"),
        ("UPDATE audit_seal SET members = members || members WHERE id = {seal}", "seal {seal} itself was edited"),
    ],
)
def test_every_touch_is_found_and_named(cheat: str, wrong: str) -> None:
    write(1)
    seal(NOON)
    victim = write(2)
    write(3)
    touched = seal(NOON)[0]
    write(4)
    seal(NOON)
    with superuser() as cursor:
        cursor.execute(cheat.format(id=victim.pk, seal=touched.pk))
        assert cursor.rowcount == 1
    found = verify()
    assert (found.ok, found.first_broken) == (False, wrong.format(id=victim.pk, seal=touched.pk))
    with pytest.raises(CommandError, match=wrong.format(id=victim.pk, seal=touched.pk)):
        call_command("audit_verify")


def test_a_removed_seal_breaks_the_chain() -> None:
    made = []
    for number in range(3):
        write(number)
        made += seal(NOON)
    with superuser() as cursor:
        cursor.execute("DELETE FROM audit_seal WHERE id = %s", [made[1].pk])
    found = verify()
    assert (
        found.first_broken
        == f"seal {made[2].pk} does not follow the seal before it: a seal was removed, added or rewritten"
    )


def test_a_cut_tail_is_found_by_a_digest_noted_elsewhere() -> None:
    for number in range(2):
        write(number)
        noted = seal(NOON)[0]
    assert verify(expect=noted.digest).ok
    with superuser() as cursor:
        cursor.execute("DELETE FROM audit_seal WHERE id = %s", [noted.pk])
        cursor.execute("DELETE FROM audit_entry WHERE id > %s", [noted.from_id - 1])
    assert verify().ok
    assert not verify(expect=noted.digest).ok


def test_a_transaction_open_at_one_seal_falls_whole_into_a_later_one() -> None:
    opened, sealed = threading.Event(), threading.Event()
    slow: list[int] = []

    def work() -> None:
        with transaction.atomic():
            slow.append(write(1).pk)
            opened.set()
            sealed.wait(20)
            slow.append(write(2).pk)
        connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    assert opened.wait(20)
    quick = write(3)
    first = seal(NOON)[0]
    sealed.set()
    thread.join()
    second = seal(NOON)[0]
    assert slow[0] < quick.pk < slow[1]
    assert ((first.from_id, first.to_id, first.entries), (second.from_id, second.to_id, second.entries)) == (
        (quick.pk, quick.pk, 1),
        (slow[0], slow[1], 2),
    )
    assert verify().ok


def test_a_log_restored_into_another_cluster_goes_on_without_a_false_alarm() -> None:
    for number in range(3):
        write(number)
    seal(NOON)
    write(4)
    with (
        superuser() as cursor
    ):  # as a dump leaves it: another cluster's number, and transactions far ahead of this one's
        cursor.execute("UPDATE audit_entry SET cluster = 7, txid = txid + 1000000000")
        cursor.execute("TRUNCATE audit_seal")
    restored = seal(NOON)
    write(5)
    own = seal(NOON)
    assert ([each.entries for each in restored], [each.entries for each in own]) == ([4], [1])
    assert (restored[0].cluster, verify().ok, verify().entries) == (7, True, 5)


def test_many_entries_are_written_and_sealed_at_once() -> None:
    written = record_many(
        verb="listing.restricted",
        actor=None,
        subject_kind="listing",
        subjects=(Subject(n) for n in range(4_500)),
        at=NOON,
    )
    made = seal(NOON)
    assert (written, made[0].entries, verify().entries) == (4_500, 4_500, 4_500)


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("table", [Entry._meta.db_table, Seal._meta.db_table])
def test_the_database_refuses_to_change_the_log(statement: str, table: str) -> None:
    write(1)
    seal(NOON)
    with pytest.raises(IntegrityError, match="keeps its rows"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


def test_the_command_says_what_it_found(capsys: pytest.CaptureFixture[str]) -> None:
    write(1)
    call_command("audit_verify")
    digest = Seal.objects.get().digest
    assert (
        capsys.readouterr().out
        == f"1 entries under 1 seals are intact; 0 not yet sealed.\nDigest to note somewhere else: {digest}\n"
    )
