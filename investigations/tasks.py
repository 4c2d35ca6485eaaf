"""Celery's edge of case work: one domain call each, safe to run twice. Beat runs them too, for what an event missed."""

from celery import shared_task
from django.utils import timezone

from governance.web import formats, places
from investigations.domain import cases, claims, notice_answers, notice_cases, notice_mail, priorities, reporters
from investigations.queries import notices as mail_to_reporters
from investigations.queries import queues


@shared_task
def open_owed() -> None:
    cases.open_owed(at=timezone.now())
    notice_cases.open_owed(at=timezone.now())


@shared_task
def settle_corrected() -> None:
    cases.settle_corrected(at=timezone.now())


@shared_task
def lapse_claims() -> None:
    claims.lapse_due(at=timezone.now())


@shared_task
def refresh_priorities() -> None:
    priorities.refresh(at=timezone.now())


@shared_task
def deliver_notice_mails() -> None:
    """What is owed to reporters, and what a lost message left undone."""
    notice_answers.follow_decided(at=timezone.now())
    notice_answers.answer_judged(at=timezone.now())
    for mail_id in mail_to_reporters.to_send(timezone.now()):
        deliver_notice_mail.delay(mail_id)


@shared_task
def end_suspensions() -> None:
    reporters.end_suspensions(at=timezone.now())


@shared_task
def deliver_notice_mail(mail_id: int) -> None:
    notice_mail.deliver(mail_id=mail_id, at=timezone.now())


@shared_task
def count_for_the_rail() -> None:
    waiting, live = queues.rail_counts()
    places.set_count("queue", formats.number(waiting))
    places.set_count("cases", formats.number(live))
