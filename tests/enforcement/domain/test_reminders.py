"""Who hears an appeal is reminded before its day and when it has passed; leads where nobody has it and when it is late."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.conf import LazySettings
from django.core import mail
from django.utils import timezone

from enforcement import tasks
from enforcement.domain import appeals, clarifications, reminders
from enforcement.enums import AppealChannel, ReminderKind
from enforcement.models import Appeal, AppealReminder
from enforcement.queries import reminders as queries
from governance.accounts.enums import Role
from governance.policies.enums import Measure
from tests.enforcement.ground import Ground
from tests.factories import cases
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db
DUE = datetime(2026, 12, 2, 23, 59, 59, tzinfo=NOON.tzinfo)
NEAR, PAST = DUE - timedelta(hours=30), DUE + timedelta(minutes=1)


def filed(ground: Ground, title: str = "Ball") -> Appeal:
    decision = ground.issue([ground.violation(ground.listing(title))], Measure.REMOVE)
    return appeals.file(decision=decision, text="No.", channel=AppealChannel.PAGE, actor=None, at=NOON)


def taken(ground: Ground) -> Appeal:
    return appeals.take(appeal=filed(ground), actor=ground.sela, at=NOON)


def send_all(at: datetime) -> list[str]:
    """Who got a mail just now."""
    mail.outbox.clear()
    for key in queries.to_send(at):
        reminders.deliver(reminder_id=key, at=at)
    return sorted(each.to[0] for each in mail.outbox)


def test_nobody_is_reminded_while_there_is_time(ground: Ground) -> None:
    appeal = taken(ground)
    assert appeal.due_at == DUE
    assert reminders.owe_due(at=DUE - timedelta(hours=49)) == 0


def test_before_the_day_who_hears_it_is_told_once(ground: Ground) -> None:
    taken(ground)
    assert reminders.owe_due(at=NEAR) == 1
    assert send_all(NEAR) == ["sela@console.example"]
    assert "is to be answered by" in mail.outbox[0].body
    assert reminders.owe_due(at=NEAR + timedelta(hours=1)) == 0
    assert send_all(NEAR + timedelta(hours=1)) == []


def test_when_the_day_has_passed_the_lead_is_told_too_once(ground: Ground) -> None:
    taken(ground)
    assert reminders.owe_due(at=PAST) == 2
    assert send_all(PAST) == ["sela@console.example", "tilda@console.example"]
    assert all(each.subject.startswith("Late: appeal") for each in mail.outbox)
    assert reminders.owe_due(at=PAST + timedelta(days=1)) == 0


def test_where_nobody_has_it_the_lead_is_told(ground: Ground) -> None:
    filed(ground)
    reminders.owe_due(at=NEAR)
    assert send_all(NEAR) == ["tilda@console.example"]
    assert "Nobody is hearing it yet." in mail.outbox[0].body


def test_only_leads_of_its_markets_who_still_work_here(ground: Ground) -> None:
    cases.person("franca", Role.TEAM_LEAD, markets=["FR"])
    cases.person("dora", Role.TEAM_LEAD, markets=["DE", "FR"])
    gone = cases.person("gone", Role.TEAM_LEAD)
    gone.is_active = False
    gone.save()
    filed(ground)  # Germany
    reminders.owe_due(at=NEAR)
    assert send_all(NEAR) == ["dora@console.example", "tilda@console.example"]


def test_it_is_written_in_the_person_s_language(ground: Ground) -> None:
    ground.sela.language = "de"
    ground.sela.save()
    taken(ground)
    reminders.owe_due(at=PAST)
    send_all(PAST)
    (german,) = [each for each in mail.outbox if each.to == ["sela@console.example"]]
    assert german.subject.startswith("Verspätet: ")
    assert german.extra_headers["Content-Language"] == "de"


def test_a_deadline_that_moves_is_another(ground: Ground) -> None:
    appeal = taken(ground)
    reminders.owe_due(at=NEAR)
    clarifications.ask(appeal=appeal, question="Which?", actor=ground.sela, at=NEAR)
    assert send_all(NEAR) == []  # what is no longer true is not sent
    assert reminders.owe_due(at=PAST) == 0
    moved = Appeal.objects.get().due_at
    assert reminders.owe_due(at=moved + timedelta(minutes=1)) == 2


def test_an_answered_appeal_is_not_reminded_of(ground: Ground) -> None:
    appeal = taken(ground)
    reminders.owe_due(at=PAST)
    appeals.withdraw(appeal=appeal, actor=None, at=PAST)
    assert send_all(PAST) == []
    assert AppealReminder.objects.filter(closed_at__isnull=True).count() == 0
    assert reminders.owe_due(at=PAST + timedelta(days=1)) == 0


def test_a_mail_server_that_is_away_is_tried_again(ground: Ground, settings: LazySettings) -> None:
    taken(ground)
    reminders.owe_due(at=NEAR)
    reminder = AppealReminder.objects.get(kind=ReminderKind.SOON)
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1", 1,
    )  # fmt: skip
    assert not reminders.deliver(reminder_id=reminder.pk, at=NEAR)
    reminder.refresh_from_db()
    assert (reminder.attempts, reminder.closed_at) == (1, None)
    assert queries.to_send(NEAR) == []
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert send_all(NEAR + timedelta(minutes=2)) == ["sela@console.example"]


def test_the_beat_s_task_does_both(ground: Ground) -> None:
    taken(ground)
    with time_machine.travel(NEAR, tick=False):
        tasks.remind_hearers()
        for key in queries.to_send(timezone.now()):
            tasks.deliver_reminder(key)
    assert AppealReminder.objects.filter(closed_at__isnull=False).count() == 1
