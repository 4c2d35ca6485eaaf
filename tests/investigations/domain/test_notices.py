"""Notices: confirmed, decided by a person with reasons, appealed by the reporter, heard by another; and nobody learns who it was."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import mail
from django.db import DatabaseError, transaction
from django.utils import timezone

from enforcement.enums import Owed
from enforcement.models import DeliveryEvent, Message
from governance.accounts.enums import Kind
from governance.accounts.models import User
from governance.audit.models import Entry
from governance.policies.enums import Measure
from governance.web.refusals import MoveRefused, Refusal
from investigations import tasks
from investigations.domain import notice_intake, notice_mail, notices
from investigations.domain.acting import NotAPerson, ReasonsMissing
from investigations.domain.notice_intake import Sender
from investigations.enums import NOTICE_MOVES, NoticeGround, NoticeState
from investigations.models import Notice, NoticeItem, NoticeMail, NoticeMove
from investigations.queries import notices as queries
from listings.models import Listing
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=2)
SECRET, ADDRESS = "Rina Reporter", "rina@reporter.example"


@pytest.fixture
def ground() -> Ground:
    return Ground()


def received(ground: Ground, **more: Any) -> NoticeItem:
    fields: dict[str, Any] = {
        "things": [ground.listing("Ball")],
        "ground": NoticeGround.OTHER,
        "reason": "A child swallowed one.",
        "language": "en",
        "sender": Sender(name=SECRET, email=ADDRESS),
        "actor": ground.mona,
        "at": NOON,
    }
    return notice_intake.receive(**(fields | more)).items.get()


def listing_of(item: NoticeItem) -> Listing:
    assert item.listing is not None
    return item.listing


def ended(ground: Ground, **more: Any) -> NoticeItem:
    return notices.no_action(item=received(ground, **more), reasons="It is welded.", actor=ground.mona, at=NOON)


def appealed(ground: Ground, **more: Any) -> NoticeItem:
    return notices.appeal(item=ended(ground, **more), text="It is not.", at=LATER)


def send_all(at: Any = LATER) -> list[str]:
    mail.outbox.clear()
    for key in queries.to_send(at):
        notice_mail.deliver(mail_id=key, at=at)
    return [str(each.subject) for each in mail.outbox]


def test_it_is_confirmed_to_who_reported(ground: Ground) -> None:
    notice = received(ground)
    assert send_all() == [f"Your report {notice.notice.reference} has arrived"]
    assert mail.outbox[0].to == [ADDRESS]
    assert send_all() == []


def test_no_action_comes_with_reasons_and_how_to_appeal(ground: Ground) -> None:
    ended(ground)
    send_all()
    text = mail.outbox[-1].body
    for part in ("We take no action.", "It is welded.", "23 May 2027", "Article 21", "/n/NT-", "A person decided this"):
        assert part in text, part


def test_without_an_address_nobody_is_told(ground: Ground) -> None:
    ended(ground, sender=Sender())
    assert NoticeMail.objects.count() == 0


@pytest.mark.parametrize("after", [timedelta(days=181), timedelta(days=182)])
def test_six_months_to_appeal(ground: Ground, after: timedelta) -> None:
    notice = ended(ground)
    if after.days == 181:
        assert notices.appeal(item=notice, text="No.", at=NOON + after).state == NoticeState.APPEALED
    else:
        with pytest.raises(notices.WindowClosed):
            notices.appeal(item=notice, text="No.", at=NOON + after)


def test_another_person_hears_it_and_it_may_stay(ground: Ground) -> None:
    notice = appealed(ground)
    assert notice.due_at is not None
    assert notice.due_at.date().isoformat() == "2026-12-04"
    with pytest.raises(notices.SamePerson):
        notices.answer(item=notice, right=False, reasons="It is.", actor=ground.mona, at=LATER)
    done = notices.answer(item=notice, right=False, reasons="Welded indeed.", actor=ground.sela, at=LATER)
    assert done.state == NoticeState.CONFIRMED
    send_all()
    assert "Welded indeed." in mail.outbox[-1].body
    with pytest.raises(MoveRefused):
        notices.appeal(item=notice, text="Again.", at=LATER)


def test_where_they_are_right_it_is_decided_anew(ground: Ground) -> None:
    notice = notices.answer(item=appealed(ground), right=True, reasons="Loose.", actor=ground.sela, at=LATER)
    assert notice.state == NoticeState.RECEIVED
    assert send_all()[-1] == f"You are right about {notice.notice.reference}"
    decision = ground.issue([ground.violation(listing_of(notice))], Measure.REMOVE, at=LATER)
    done = notices.act(item=notice, decision=decision, actor=ground.mona, at=LATER)
    assert (done.state, done.decision) == (NoticeState.ACTED, decision)
    assert send_all()[-1] == f"We have acted on your report {notice.notice.reference}"


def test_only_a_decision_about_the_listing_closes_it(ground: Ground) -> None:
    notice = received(ground)
    other = ground.issue([ground.violation(ground.listing("Cube"))], Measure.REMOVE)
    with pytest.raises(Refusal):
        notices.act(item=notice, decision=other, actor=ground.mona, at=NOON)


def test_a_program_decides_nothing(ground: Ground) -> None:
    program = User.objects.create_user("shop", kind=Kind.SERVICE)
    with pytest.raises(NotAPerson):
        notices.no_action(item=received(ground), reasons="No.", actor=program, at=NOON)
    with pytest.raises(NotAPerson):
        notices.answer(item=appealed(ground), right=False, reasons="No.", actor=program, at=LATER)


@pytest.mark.parametrize("text", ["", " ", "x" * 10_001])
def test_everything_is_said_in_words(ground: Ground, text: str) -> None:
    with pytest.raises(ReasonsMissing):
        received(ground, reason=text)
    with pytest.raises(ReasonsMissing):
        notices.no_action(item=received(ground), reasons=text, actor=ground.mona, at=NOON)


def test_nothing_of_the_reporter_reaches_the_merchant_the_marketplace_or_the_log(ground: Ground) -> None:
    notice = notices.answer(item=appealed(ground), right=True, reasons="Loose.", actor=ground.sela, at=LATER)
    found = ground.violation(listing_of(notice), owed=Owed.DECISION)
    decision = ground.issue([found], Measure.REMOVE, at=LATER)
    notices.act(item=notice, decision=decision, actor=ground.mona, at=LATER)
    told = [message.text + message.html for message in Message.objects.all()]
    told += [decision.statement.text, str(decision.statement.content)]
    told += [str(event.data) for event in DeliveryEvent.objects.all()]
    told += [f"{entry.data} {entry.actor_label}" for entry in Entry.objects.all()]
    assert len(told) > 8
    for secret in (SECRET, ADDRESS, "A child swallowed one.", "It is not."):
        assert not any(secret in each for each in told), secret


@pytest.mark.parametrize(("was", "to"), list(product(NoticeState, NoticeState)))
def test_every_move_is_as_the_table_says(ground: Ground, was: NoticeState, to: NoticeState) -> None:
    notice = received(ground, sender=Sender())
    decision = ground.issue([ground.violation(listing_of(notice))], Measure.REMOVE)
    NoticeItem.objects.filter(pk=notice.pk).update(
        state=was, due_at=LATER, decision=decision if was == NoticeState.ACTED else None
    )
    notice.refresh_from_db()
    notice.decision = decision if to == NoticeState.ACTED else None
    if to in NOTICE_MOVES[was]:
        notices._move([notice], to, text="So.", actor=ground.sela, at=LATER)
        assert NoticeItem.objects.get().state == to
    else:
        with pytest.raises(MoveRefused):
            notices._move([notice], to, text="So.", actor=ground.sela, at=LATER)


def test_what_was_said_stays(ground: Ground) -> None:
    ended(ground)
    for change in ({"reason": "Other."}, {"reporter_email": "x@y.example"}, {"received_at": LATER}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Notice.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        NoticeMove.objects.update(text="Other.")


def test_a_mail_server_that_is_away_is_tried_again_and_a_lost_task_found(
    ground: Ground, settings: LazySettings
) -> None:
    received(ground, at=timezone.now())
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1", 1,
    )  # fmt: skip
    row, now = NoticeMail.objects.get(), timezone.now()
    assert not notice_mail.deliver(mail_id=row.pk, at=now)
    row.refresh_from_db()
    assert (row.attempts, row.sent_at, queries.to_send(now)) == (1, None, [])
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    NoticeMail.objects.update(next_try_at=now)
    tasks.deliver_notice_mails()
    for key in queries.to_send(timezone.now()):
        tasks.deliver_notice_mail(key)
    assert NoticeMail.objects.get().sent_at is not None
