"""The outbox: delivered once, tried again with growing waits, given up visibly, and never lost with a worker."""

import re
import smtplib
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from itertools import product

import pytest
from django.conf import LazySettings
from django.core import mail
from django.utils import timezone

from enforcement.domain import links, messages
from enforcement.enums import MESSAGE_MOVES, MessageState
from enforcement.models import Decision, Message
from enforcement.queries import outbox
from governance.policies.enums import Measure
from governance.web.refusals import MoveRefused
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON
from tests.fixtures.workers import forget

LATER = NOON + timedelta(minutes=1)


def decided(ground: Ground, title: str = "Ball") -> Decision:
    return ground.issue([ground.violation(ground.listing(title))], Measure.REMOVE)


@pytest.mark.django_db
def test_the_mail_carries_the_letter_and_the_link(ground: Ground) -> None:
    decision = decided(ground)
    message = Message.objects.get()
    assert messages.deliver(message_id=message.pk, at=LATER) is True
    sent = mail.outbox[0]
    assert sent.to == ["trade@merchant.example"]
    assert sent.subject == "One of your listings was removed from sale"
    assert links.address_of(decision) in sent.body
    assert re.search(r"<[0-9a-f]{64}@localhost>", sent.message()["Message-ID"])
    assert sent.message()["Auto-Submitted"] == "auto-generated"
    assert isinstance(sent, mail.EmailMultiAlternatives)
    assert sent.alternatives[0][1] == "text/html"
    message.refresh_from_db()
    assert (message.state, message.sent_at, message.attempts) == (MessageState.SENT, LATER, 1)


@pytest.mark.django_db
def test_delivered_once_however_often_it_is_tried(ground: Ground) -> None:
    decided(ground)
    key = Message.objects.get().pk
    assert [messages.deliver(message_id=key, at=LATER) for _ in range(3)] == [True, False, False]
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_not_before_its_time(ground: Ground) -> None:
    decided(ground)
    assert messages.deliver(message_id=Message.objects.get().pk, at=NOON) is False
    assert outbox.due(NOON) == []
    assert outbox.due(LATER) == [Message.objects.get().pk]


@pytest.mark.django_db
def test_a_server_that_is_away_is_tried_again_later_and_later_and_then_given_up(
    ground: Ground, settings: LazySettings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", _closed_port()
    decided(ground)
    key, at, waits = Message.objects.get().pk, LATER, []
    for _ in range(len(messages.WAITS) + 1):
        assert messages.deliver(message_id=key, at=at) is False
        message = Message.objects.get()
        waits.append(message.next_try_at - at)
        at = message.next_try_at
    assert tuple(waits[:-1]) == messages.WAITS
    assert message.state == MessageState.FAILED
    assert "ConnectionRefusedError" in message.error


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("codes", "refused"), [((550,), True), ((550, 553), True), ((450,), False), ((550, 451), False)]
)
def test_an_address_is_refused_for_good_from_500_on(codes: tuple[int, ...], refused: bool) -> None:
    fault = smtplib.SMTPRecipientsRefused({f"{code}@x.example": (code, b"no") for code in codes})
    assert messages.is_refused(fault) is refused


def test_without_an_address_it_fails_visibly_and_goes_out_when_there_is_one(ground: Ground) -> None:
    ground.merchant.email = ""
    ground.merchant.save()
    decided(ground)
    message = Message.objects.get()
    assert (message.state, message.error) == (MessageState.FAILED, "The merchant has no e-mail address.")
    with pytest.raises(MoveRefused, match="no e-mail address"):
        messages.retry(message=message, actor=ground.sela, at=LATER)
    ground.merchant.email = "new@merchant.example"
    ground.merchant.save()
    messages.retry(message=message, actor=ground.sela, at=LATER)
    assert messages.deliver(message_id=message.pk, at=LATER) is True
    assert mail.outbox[0].to == ["new@merchant.example"]


@pytest.mark.django_db
def test_what_was_sent_is_not_sent_again_by_hand(ground: Ground) -> None:
    decided(ground)
    message = Message.objects.get()
    messages.deliver(message_id=message.pk, at=LATER)
    with pytest.raises(MoveRefused):
        messages.retry(message=message, actor=ground.sela, at=LATER)


@pytest.mark.django_db
@pytest.mark.parametrize(("was", "to"), list(product(MessageState, MessageState)))
def test_every_move_is_as_the_table_says(ground: Ground, was: MessageState, to: MessageState) -> None:
    decided(ground)
    message = Message.objects.get()
    Message.objects.update(state=was, sent_at=NOON if was == MessageState.SENT else None)
    at = LATER if to == MessageState.SENT else None
    if to in MESSAGE_MOVES[was]:
        messages._move(message, to, at=at)
        assert Message.objects.get().state == to
    else:
        with pytest.raises(MoveRefused):
            messages._move(message, to, at=at)


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_one_mail() -> None:
    decided(Ground())
    key, results = Message.objects.get().pk, []
    barrier = threading.Barrier(2)

    def work() -> None:
        from django.db import connection  # noqa: PLC0415 -- each thread closes its own

        barrier.wait()
        results.append(messages.deliver(message_id=key, at=LATER))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False, True]
    assert len(mail.outbox) == 1


# --- a worker that dies --------------------------------------------------------------------------


class Post:
    """A mail server that keeps the first caller waiting, then takes in what it is given."""

    def __init__(self) -> None:
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.called = threading.Event()
        self.received: list[bytes] = []
        self.held: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                caller, _address = self.server.accept()
            except OSError:
                return
            if not self.called.is_set():
                self.held.append(caller)  # no greeting: the caller waits
                self.called.set()
            else:
                threading.Thread(target=self._take, args=(caller,), daemon=True).start()

    def _take(self, caller: socket.socket) -> None:
        caller.sendall(b"220 here\r\n")
        body, reading = b"", False
        for line in caller.makefile("rb"):
            if reading and line == b".\r\n":
                self.received.append(body)
                reading = False
                caller.sendall(b"250 kept\r\n")
            elif reading:
                body += line
            elif line.upper().startswith(b"DATA"):
                reading = True
                caller.sendall(b"354 go on\r\n")
            elif line.upper().startswith(b"QUIT"):
                caller.sendall(b"221 bye\r\n")
                return
            else:
                caller.sendall(b"250 ok\r\n")

    def close(self) -> None:
        for caller in (*self.held, self.server):
            caller.close()


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    office = Post()
    monkeypatch.setenv("EMAIL_URL", f"smtp://127.0.0.1:{office.port}")
    yield office
    office.close()


@pytest.fixture
def own_worker(post: Post, worker: object) -> Iterator[object]:
    """The workers of this test are started anew, so that they know its mail server, and stopped after it."""
    worker.kill()  # type: ignore[attr-defined]
    worker.start()  # type: ignore[attr-defined]
    yield worker
    worker.kill()  # type: ignore[attr-defined]


@pytest.mark.workers
def test_a_worker_killed_in_the_middle_of_sending_loses_nothing_and_sends_once(own_worker: object, post: Post) -> None:
    ground = Ground()
    ground.issue([ground.violation(ground.listing("Ball"))], Measure.REMOVE, actor=None, at=timezone.now())
    assert post.called.wait(30)
    own_worker.kill()  # type: ignore[attr-defined]
    message = Message.objects.get()
    assert (message.state, message.attempts) == (MessageState.OWED, 1)
    forget()  # what the dead worker had taken comes back only after Celery's own time limit
    Message.objects.update(next_try_at=timezone.now())  # as when the lease has run out

    own_worker.start()  # type: ignore[attr-defined]
    from enforcement.tasks import deliver_owed  # noqa: PLC0415 -- as beat would

    deliver_owed.delay()
    own_worker.settle()  # type: ignore[attr-defined]

    message.refresh_from_db()
    assert message.state == MessageState.SENT
    assert len(post.received) == 1
    letter = message_from_bytes(post.received[0], policy=policy.default)
    assert letter["Subject"] == "One of your listings was removed from sale"


def _closed_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
