"""What Celery runs, and what makes it run sooner."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.dispatch import Signal
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from enforcement import events
from enforcement.enums import ClosedBecause, ViolationState
from enforcement.models import Violation
from governance.accounts.models import User
from investigations import tasks
from investigations.domain import claims, resting
from investigations.enums import CaseState, ClaimEnd, WakeOn, WokenBy
from investigations.models import Case, Claim, Snooze, Telling
from tests.factories import cases as make
from tests.fixtures.workers import Worker, forget, pending

pytestmark = pytest.mark.django_db


def test_what_is_owed_becomes_cases() -> None:
    make.violation(make.listing(make.merchant("Nordlicht"), "Cube"), make.policy("magnets"))

    tasks.open_owed()
    tasks.open_owed()

    assert Case.objects.count() == 1


def test_what_is_corrected_is_settled(case: Case) -> None:
    Violation.objects.update(
        state=ViolationState.CLOSED, closed_at=timezone.now(), closed_because=ClosedBecause.CORRECTED
    )

    tasks.settle_corrected()

    case.refresh_from_db()
    assert case.state == CaseState.CLOSED


def test_claims_end_when_their_time_is_over(case: Case, kim: User) -> None:
    claims.claim(case=case, person=kim, at=timezone.now() - timedelta(minutes=16))

    tasks.lapse_claims()

    assert Claim.objects.get().ended_as == ClaimEnd.LAPSED


def test_what_rests_wakes_and_what_is_kept_is_freed(case: Case, kim: User) -> None:
    long_ago = timezone.now() - timedelta(days=2)
    other = make.case(make.policy("cords"), case.merchant)
    Case.objects.filter(pk=other.pk).update(kept_for=kim, kept_until=long_ago)
    claims.claim(case=case, person=kim, at=long_ago)
    resting.snooze(
        case=case, actor=kim, reason="x", until=long_ago + timedelta(days=1), wake_on=WakeOn.NOTHING, at=long_ago
    )

    tasks.wake_cases()
    tasks.wake_cases()

    assert Snooze.objects.get().woken_by == WokenBy.DAY
    assert not Case.objects.filter(kept_for__isnull=False).exists()
    assert Telling.objects.count() == 1


def test_priorities_follow_the_clock(case: Case) -> None:
    before = case.priority
    now = timezone.now()
    Case.objects.update(opened_at=now - timedelta(hours=50), due_at=now - timedelta(hours=2))

    tasks.refresh_priorities()

    case.refresh_from_db()
    assert case.priority > before
    assert case.priority_parts["age"] == 1.0


def test_the_rail_is_told_how_many_wait(case: Case, kim: User) -> None:
    make.case(make.policy("cords"), case.merchant)
    claims.claim(case=case, person=kim, at=timezone.now())

    tasks.count_for_the_rail()

    assert (cache.get("rail:queue"), cache.get("rail:cases")) == ("1", "2")


@pytest.mark.parametrize(("event", "sent"), [(events.violations_found, 1), (events.violations_closed, 2)])
def test_an_event_sends_its_task(
    event: Signal, sent: int, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    forget()
    with django_capture_on_commit_callbacks(execute=True):
        event.send(None, sweep_id=1)
    assert pending() == sent  # what closes also ends its measures
    forget()


@pytest.mark.workers
def test_a_worker_opens_the_case(worker: Worker) -> None:
    make.violation(make.listing(make.merchant("Nordlicht"), "Cube"), make.policy("magnets"))

    tasks.open_owed.delay()
    worker.settle()

    assert Case.objects.count() == 1
