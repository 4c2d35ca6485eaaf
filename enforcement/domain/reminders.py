"""Mail to those who hear appeals: before the day of the answer, and when it has passed. Each once for each deadline.

Who holds the appeal is told; where nobody does, and when the day has passed, the team leads. A row says that it is owed, a
task sends it; beat finds both. What is no longer true when its turn comes is not sent.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from enforcement.domain.messages import LEASE, try_again_at
from enforcement.enums import OPEN_APPEALS, ReminderKind
from enforcement.models import Appeal, AppealReminder
from enforcement.queries import reminders as queries
from governance.accounts.models import User
from governance.web import formats

log = structlog.get_logger(__name__)


def owe_due(at: datetime) -> int:
    """Owe what is to be said of appeals that are due soon or late. Returns how many mails are new; run again it owes none."""
    before = timedelta(hours=settings.APPEAL_REMIND_HOURS)
    owed = [row for appeal in queries.due(at, before) for row in _rows(appeal, at)]
    theirs = AppealReminder.objects.filter(appeal__in={row.appeal_id for row in owed})
    had = theirs.count()
    AppealReminder.objects.bulk_create(owed, ignore_conflicts=True)
    return theirs.count() - had


def deliver(*, reminder_id: int, at: datetime) -> bool:
    """Try to send one that is due; returns whether it went out now. Safe to call at any time, any number of times."""
    claimed = AppealReminder.objects.filter(pk=reminder_id, closed_at__isnull=True, next_try_at__lte=at).update(
        attempts=F("attempts") + 1, next_try_at=at + LEASE
    )
    if not claimed:
        return False
    reminder = AppealReminder.objects.select_related("appeal__merchant", "person").get(pk=reminder_id)
    if not _still_true(reminder, at):
        _close(reminder, at, error="no longer true")
        return False
    try:
        _mail(reminder).send()
    except Exception as fault:
        _note_failure(reminder, fault, at)
        return False
    _close(reminder, at)
    return True


def _rows(appeal: Appeal, at: datetime) -> list[AppealReminder]:
    kind = ReminderKind.LATE if appeal.due_at < at else ReminderKind.SOON
    return [
        AppealReminder(appeal=appeal, person=person, kind=kind, due_at=appeal.due_at, owed_at=at, next_try_at=at)
        for person in _told(appeal, kind)
    ]


def _told(appeal: Appeal, kind: ReminderKind) -> Iterable[User]:
    holder = appeal.assigned_to
    people = [holder] if holder is not None and holder.is_active and holder.email else []
    if kind == ReminderKind.LATE or not people:
        people += queries.leads(queries.markets_of(appeal))
    return {person.pk: person for person in people}.values()


def _still_true(reminder: AppealReminder, at: datetime) -> bool:
    """The appeal waits, its day has not moved, and what was near has not passed meanwhile."""
    appeal = reminder.appeal
    passed = reminder.kind == ReminderKind.SOON and appeal.due_at < at
    return appeal.state in OPEN_APPEALS and appeal.due_at == reminder.due_at and not passed


def _mail(reminder: AppealReminder) -> EmailMessage:
    appeal, person = reminder.appeal, reminder.person
    with translation.override(person.language), timezone.override(person.time_zone):
        late = reminder.kind == ReminderKind.LATE
        named = {"appeal": appeal.reference, "day": formats.minute(appeal.due_at), "merchant": appeal.merchant.name}
        subject = _("Late: appeal %(appeal)s") if late else _("Due soon: appeal %(appeal)s")
        text = (
            _("The appeal %(appeal)s of %(merchant)s was to be answered by %(day)s.")
            if late
            else _("The appeal %(appeal)s of %(merchant)s is to be answered by %(day)s.")
        )
        mine = appeal.assigned_to_id == person.pk
        who = _("You are hearing it.") if mine else _("Somebody else is hearing it; you lead the team.")
        who = who if appeal.assigned_to_id else _("Nobody is hearing it yet.")
    address = str(settings.PUBLIC_URL) + reverse("investigations:appeal", args=[appeal.pk])
    return EmailMessage(
        subject=" ".join((subject % named).split()),
        body=f"{text % named} {who}\n\n{address}\n",
        to=[str(person.email)],
        headers={"Auto-Submitted": "auto-generated", "Content-Language": person.language},
    )


def _note_failure(reminder: AppealReminder, fault: Exception, at: datetime) -> None:
    log.warning("reminder_not_delivered", reminder=reminder.pk, attempts=reminder.attempts, error=repr(fault))
    error = f"{type(fault).__name__}: {fault}"[:2_000]
    again = try_again_at(reminder.attempts, at)
    if again is None:
        _close(reminder, at, error=error)
        return
    reminder.error, reminder.next_try_at = error, again
    reminder.save(update_fields=["error", "next_try_at"])


def _close(reminder: AppealReminder, at: datetime, *, error: str = "") -> None:
    reminder.closed_at, reminder.error = at, error
    reminder.save(update_fields=["closed_at", "error"])
