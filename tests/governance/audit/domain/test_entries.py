"""What an entry keeps, one by one and many at once."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from governance.accounts.models import User
from governance.audit.domain.entries import Subject, record, record_many
from governance.audit.models import Entry

NOON = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)
KEPT = ("at", "actor_label", "verb", "subject_kind", "subject_id", "subject_ref", "data")
pytestmark = pytest.mark.django_db


def kept() -> list[tuple[object, ...]]:
    return list(Entry.objects.order_by("id").values_list(*KEPT))


def test_one_entry_and_many_keep_the_same() -> None:
    jonas = User.objects.create_user("jonas", "jonas@example.org", pseudonym="Moderator K7")
    data = {"price": Decimal("12.90"), "day": date(2026, 11, 23), "name": "ألعاب 🧸 \" ' \\"}
    record(verb="case.closed", actor=jonas, subject_kind="case", subject_id=7, subject_ref="SR-1", data=data, at=NOON)
    subjects = [Subject(7, "SR-1", data)]
    assert record_many(verb="case.closed", actor=jonas, subject_kind="case", subjects=subjects, at=NOON) == 1
    one, many = kept()
    assert one == many
    assert one[6] == {"price": "12.90", "day": "2026-11-23", "name": "ألعاب 🧸 \" ' \\"}
    assert list(Entry.objects.values_list("actor", flat=True)) == [jonas.pk, jonas.pk]


@pytest.mark.parametrize(("label", "shown"), [("", "automation"), ("merchant", "merchant")])
def test_without_a_person_it_is_automation_or_whom_the_label_names(label: str, shown: str) -> None:
    record(verb="appeal.filed", actor=None, actor_label=label, subject_kind="appeal", at=NOON)
    record_many(
        verb="appeal.filed", actor=None, actor_label=label, subject_kind="appeal", subjects=[Subject(None)], at=NOON
    )
    assert kept() == [(NOON, shown, "appeal.filed", "appeal", None, "", {})] * 2


def test_many_are_written_set_by_set() -> None:
    with CaptureQueriesContext(connection) as asked:
        record_many(
            verb="case.closed", actor=None, subject_kind="case", subjects=(Subject(n) for n in range(10_001)), at=NOON
        )
    assert sum(each["sql"].strip().startswith("INSERT") for each in asked) == 3
    assert Entry.objects.count() == 10_001


@pytest.mark.parametrize("verb", ["closed", "Case.closed", "case.", "case closed", ""])
def test_a_verb_that_is_not_dotted_is_refused(verb: str) -> None:
    with pytest.raises(IntegrityError, match="audit_verb_dotted"), transaction.atomic():
        record(verb=verb, actor=None, subject_kind="case", at=NOON)


def test_an_entry_is_undone_with_its_act() -> None:
    with transaction.atomic():
        record(verb="case.closed", actor=None, subject_kind="case", at=NOON)
        transaction.set_rollback(True)
    assert not Entry.objects.exists()
