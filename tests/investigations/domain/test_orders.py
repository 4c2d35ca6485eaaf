"""Orders: on record once, checked, asked about, answered, refused, withdrawn; their letters go out once and can be proved."""

import hashlib
import smtplib
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from enforcement.models import Decision
from governance.accounts.enums import Kind, Role
from governance.accounts.models import User
from governance.audit.models import Entry
from governance.web.refusals import MoveRefused, Refusal
from investigations import tasks
from investigations.domain import order_intake, order_letters, order_states, order_terms, orders, unsent
from investigations.domain.acting import NotAPerson, ReasonsMissing
from investigations.domain.order_intake import IssuerMissing, NothingNamed, NotYetReceived
from investigations.domain.order_terms import NotYoursToEnd
from investigations.enums import OPEN_ORDERS, ORDER_MOVES, OrderElement, OrderKind, OrderOutcome, OrderState
from investigations.models import AuthorityOrder, OrderLetter, OrderMove
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON, person
from tests.fixtures.paper import sheets
from tests.investigations.orders import ADDRESS, LATER, SOON, act, checked, given, received, send_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground() -> Ground:
    return Ground()


@pytest.fixture
def program(ground: Ground) -> User:
    ground.tilda.kind = Kind.SERVICE
    return ground.tilda


def again(order: AuthorityOrder) -> AuthorityOrder:
    return AuthorityOrder.objects.get(pk=order.pk)


def last_letter(order: AuthorityOrder) -> OrderLetter:
    return order.letters.order_by("-pk")[:1].get()


# --- coming in -------------------------------------------------------------------------------------


def test_what_it_names_is_found_and_what_is_unknown_is_kept(ground: Ground) -> None:
    ball, cube = ground.listing("Ball", ean="4006381333931"), ground.listing("Cube")
    lines = [f"L-{ball.pk}", "4006381333931", f"{ground.merchant.external_id}/{cube.external_id}"]
    lines += [ground.merchant.public_id.lower(), "https://shop.example/nothing", "L-999999"]
    order = received(ground.sela, *lines)
    found = [(item.named, item.listing, item.merchant, item.outcome) for item in order.items.order_by("pk")]
    assert found == [
        (lines[0], ball, ground.merchant, OrderOutcome.OPEN),
        (lines[2], cube, ground.merchant, OrderOutcome.OPEN),
        (lines[3], None, ground.merchant, OrderOutcome.OPEN),
        (lines[4], None, None, OrderOutcome.UNKNOWN),
        (lines[5], None, None, OrderOutcome.UNKNOWN),
    ]


def test_the_same_number_of_the_same_authority_is_the_same_order(ground: Ground) -> None:
    first = received(ground.sela, "L-1")
    second, new = order_intake.receive(
        given=given("L-2", authority="MARKTWÄCHTER  NORD", number="4-JS-112-26"), actor=ground.tilda, at=LATER
    )
    assert (second, new) == (first, False)
    assert [item.named for item in first.items.all()] == ["L-1"]
    other, new = order_intake.receive(given=given("L-2", country="AT"), actor=ground.tilda, at=LATER)
    assert new
    assert other != first


def test_the_receipt_goes_first_with_a_pdf_and_its_hash_on_the_log(ground: Ground) -> None:
    order = received(ground.sela, "L-1")
    sent = send_all()
    assert [(each.to, each.subject) for each in sent] == [([ADDRESS], "Your order 4 Js 112/26 has arrived")]
    assert order.reference in sent[0].body
    (name, content, kind) = sent[0].attachments[0]
    letter = last_letter(order)
    assert (name, kind) == (f"{order.reference}-receipt-{letter.pk}.pdf", "application/pdf")
    assert letter.sha256 == hashlib.sha256(content).hexdigest() == hashlib.sha256(order_letters.pdf(letter)).hexdigest()
    assert Entry.objects.filter(verb="authority_order.letter_sent", data__sha256=letter.sha256).count() == 1
    assert send_all() == []


@pytest.mark.parametrize(
    ("kind", "term", "due"),
    [
        (OrderKind.SAFETY, None, "2026-11-25"),
        (OrderKind.SAFETY, timedelta(hours=6), "2026-11-23"),
        (OrderKind.SAFETY, timedelta(days=9), "2026-11-25"),
        (OrderKind.ACT, None, "2026-11-26"),
        (OrderKind.ACT, timedelta(days=9), "2026-12-02"),
        (OrderKind.INFORM, None, "2026-11-26"),
    ],
)
def test_its_clock(ground: Ground, kind: OrderKind, term: timedelta | None, due: str) -> None:
    order = received(ground.sela, "L-1", kind=kind, term_at=NOON + term if term else None)
    assert order.due_at.date().isoformat() == due


def test_two_working_days_are_those_of_the_authority_s_country(ground: Ground) -> None:
    friday = NOON + timedelta(days=4)
    assert received(ground.sela, "L-1", kind=OrderKind.SAFETY, received_at=friday).due_at.date().isoformat() == (
        "2026-12-01"
    )


@pytest.mark.parametrize(
    ("fault", "more"),
    [
        (IssuerMissing, {"authority": " "}),
        (IssuerMissing, {"number": ""}),
        (NotYetReceived, {"received_at": NOON + timedelta(days=1)}),
        (NotYetReceived, {"term_at": NOON - timedelta(days=1)}),
        (NotYetReceived, {"tell_after": NOON - timedelta(days=1)}),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_written(ground: Ground, fault: Any, more: dict[str, Any]) -> None:
    with pytest.raises(fault):
        order_intake.receive(given=given("L-1", **more), actor=ground.sela, at=NOON)
    assert AuthorityOrder.objects.count() == 0


@pytest.mark.parametrize("lines", [[], [" "], ["x"] * 201, ["x" * 1_001]])
def test_too_little_and_too_much_is_refused(ground: Ground, lines: list[str]) -> None:
    with pytest.raises(NothingNamed):
        order_intake.receive(given=given(*lines), actor=ground.sela, at=NOON)


def test_an_order_is_fixed_as_it_came(ground: Ground) -> None:
    order = received(ground.sela, "L-1")
    for change in ({"number": "5"}, {"markets": ["NL"]}, {"due_at": LATER}):
        with pytest.raises(DatabaseError), transaction.atomic():
            AuthorityOrder.objects.filter(pk=order.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        OrderMove.objects.filter(order=order).update(text="x")


# --- the check -------------------------------------------------------------------------------------


def test_what_is_missing_is_asked_of_the_authority_in_its_language(ground: Ground) -> None:
    order = received(ground.sela, "L-1", language="de")
    missing = [OrderElement.SCOPE, OrderElement.REDRESS]
    orders.check(order=order, missing=missing, note="Bitte bis Freitag.", goes_on=False, actor=ground.sela, at=NOON)
    assert again(order).state == OrderState.INCOMPLETE
    assert order.checks.get().missing == [OrderElement.REDRESS, OrderElement.SCOPE]
    text = send_all()[-1].body
    for part in ("die Länder, in denen sie gelten soll", "anfechten können", "Bitte bis Freitag.", order.reference):
        assert part in text, part
    orders.check(order=again(order), missing=[], note="", goes_on=False, actor=ground.sela, at=LATER)
    assert again(order).state == OrderState.CHECKED


def test_it_may_be_carried_out_all_the_same_with_a_word_why(ground: Ground) -> None:
    order, fields = received(ground.sela, "L-1"), {"missing": [OrderElement.REDRESS], "goes_on": True}
    with pytest.raises(ReasonsMissing):
        orders.check(order=order, note=" ", actor=ground.sela, at=NOON, **fields)  # type: ignore[arg-type]
    orders.check(order=order, note="Dangerous.", actor=ground.sela, at=NOON, **fields)  # type: ignore[arg-type]
    assert again(order).state == OrderState.CHECKED
    assert [each.kind for each in order.letters.all()] == ["receipt"]


def test_a_program_checks_nothing_and_what_is_closed_is_not_checked(ground: Ground, program: User) -> None:
    order = received(ground.sela, "L-1")
    with pytest.raises(NotAPerson):
        orders.check(order=order, missing=[], note="", goes_on=False, actor=program, at=NOON)
    orders.refuse(order=order, reasons="Not ours.", actor=ground.sela, at=NOON)
    with pytest.raises(MoveRefused):
        orders.check(order=order, missing=[OrderElement.BASIS], note="", goes_on=False, actor=ground.sela, at=NOON)


# --- the answer ------------------------------------------------------------------------------------


def test_the_effect_report_says_what_where_and_when(ground: Ground) -> None:
    ball = ground.listing("Ball", markets=["DE", "FR", "NL"])
    order = checked(ground.sela, ball, "https://shop.example/gone")
    acted = act(ground, order)
    with pytest.raises(orders.NotAllDone):
        orders.complete(order=order, note="", actor=ground.sela, at=NOON)
    done = orders.complete(order=order, note="The second is not ours.", actor=ground.sela, at=NOON + SOON)
    assert (done.state, done.effect_at) == (OrderState.PARTLY, NOON)
    text = send_all()[-1].body
    parts = (
        "We gave effect to your order 4 Js 112/26 in part, last on 23 November 2026, 12:00 UTC",
        f"L-{ball.pk} (L-{ball.pk}): 1 listing removed from sale · France and Germany",
        acted.decisions[0].reference,
        "https://shop.example/gone: we found nothing under this.",
        "The second is not ours.",
        "We tell the sellers concerned.",
    )
    for part in parts:
        assert part in text, part
    assert "Netherlands" not in text
    (sheet,) = sheets(order_letters.pdf(last_letter(order)))
    for line in ("What we did upon your order 4 Js 112/26", "Marktwächter Nord", "The second is not ours."):
        assert line in sheet, line


def test_the_report_is_in_the_language_of_the_order_on_paper_too(ground: Ground) -> None:
    order = checked(ground.sela, ground.listing("Ball"), language="ar")
    act(ground, order)
    orders.complete(order=order, note="", actor=ground.sela, at=NOON + SOON)
    assert "نفّذنا أمركم" in send_all()[-1].body
    assert len(sheets(order_letters.pdf(last_letter(order)))) == 1


def test_all_of_it_done_is_carried_out(ground: Ground, program: User) -> None:
    order = checked(ground.sela, ground.listing("Ball"))
    act(ground, order)
    with pytest.raises(NotAPerson):
        orders.complete(order=order, note="", actor=program, at=NOON + SOON)
    tasks.follow_orders()
    assert orders.complete(order=order, note="", actor=ground.sela, at=NOON + SOON).state == OrderState.EXECUTED
    with pytest.raises(MoveRefused):
        orders.complete(order=order, note="", actor=ground.sela, at=NOON + SOON)


def test_nothing_done_is_refused_with_reasons_that_the_authority_reads(ground: Ground, program: User) -> None:
    order = checked(ground.sela, "https://shop.example/gone")
    with pytest.raises(MoveRefused):
        orders.complete(order=order, note="", actor=ground.sela, at=NOON)
    with pytest.raises(ReasonsMissing):
        orders.refuse(order=order, reasons=" ", actor=ground.sela, at=NOON)
    with pytest.raises(NotAPerson):
        orders.refuse(order=order, reasons="No.", actor=program, at=NOON)
    orders.refuse(order=order, reasons="No such shop here.", actor=ground.sela, at=NOON)
    text = send_all()[-1].body
    assert "We do not give effect to your order" in text
    assert "No such shop here." in text
    assert "We tell the sellers" not in text


def test_what_was_begun_is_not_refused(ground: Ground) -> None:
    order = checked(ground.sela, ground.listing("Ball"))
    act(ground, order)
    with pytest.raises(MoveRefused):
        orders.refuse(order=order, reasons="No.", actor=ground.sela, at=NOON + SOON)


def test_what_was_refused_is_taken_up_again(ground: Ground, program: User) -> None:
    order = checked(ground.sela, "L-1")
    with pytest.raises(MoveRefused):
        orders.take_up(order=order, actor=ground.sela, at=NOON)
    orders.refuse(order=order, reasons="No.", actor=ground.sela, at=NOON)
    with pytest.raises(NotAPerson):
        orders.take_up(order=order, actor=program, at=NOON)
    assert orders.take_up(order=order, actor=ground.sela, at=NOON).state == OrderState.CHECKED
    assert again(order).closed_at is None


def test_a_withdrawn_order_gives_back_what_it_took(ground: Ground, program: User) -> None:
    ball = ground.listing("Ball", markets=["DE", "NL"])
    order = checked(ground.sela, ball)
    act(ground, order)
    assert ground.seen(ball) == {"DE": "hidden", "NL": "shown"}
    with pytest.raises(NotAPerson):
        orders.withdraw(order=order, text="x", actor=program, at=LATER)
    ended = orders.withdraw(order=order, text="Mistaken identity.", actor=ground.sela, at=LATER)
    assert [each.state for each in ended] == ["reversed"]
    assert ground.seen(ball) == {"DE": "shown", "NL": "shown"}
    with pytest.raises(MoveRefused):
        orders.withdraw(order=order, text="Again.", actor=ground.sela, at=LATER)


def test_who_may_not_reverse_does_not_withdraw_what_was_decided(ground: Ground) -> None:
    decided = checked(ground.sela, ground.listing("Ball", markets=["DE", "FR"]))
    act(ground, decided)
    inga, mara = ground.person("inga", Role.INVESTIGATOR), ground.person("mara", Role.GOVERNANCE_MANAGER)
    for actor in (inga, mara, person("gerd", Role.SENIOR_REVIEWER, markets=["DE"])):
        with pytest.raises(NotYoursToEnd):
            orders.withdraw(order=decided, text="Mistaken.", actor=actor, at=LATER)
        assert not order_terms.may_end(decided, actor)
    assert order_terms.may_end(decided, ground.sela)
    assert (again(decided).state, Decision.objects.get().state) == (OrderState.EXECUTING, "in_force")
    fresh = checked(ground.sela, ground.listing("Cube"), number="5")
    assert orders.withdraw(order=fresh, text="Mistaken.", actor=mara, at=LATER) == []
    far = person("fritz", Role.SENIOR_REVIEWER, markets=["DE", "FR"])
    assert len(orders.withdraw(order=decided, text="Mistaken.", actor=far, at=LATER)) == 1


# --- one thing of it -------------------------------------------------------------------------------


def test_one_thing_is_left_undone_with_reasons_and_taken_up_again(ground: Ground, program: User) -> None:
    order = checked(ground.sela, ground.listing("Ball"))
    item = order.items.get()
    with pytest.raises(NotAPerson):
        orders.leave(item=item, reasons="x", actor=program, at=NOON)
    with pytest.raises(ReasonsMissing):
        orders.leave(item=item, reasons="", actor=ground.sela, at=NOON)
    left = orders.leave(item=item, reasons="Another product.", actor=ground.sela, at=NOON)
    assert (left.outcome, left.note, again(order).state) == ("not_done", "Another product.", OrderState.EXECUTING)
    with pytest.raises(orders.NothingDone):
        orders.complete(order=order, note="", actor=ground.sela, at=NOON)
    with pytest.raises(MoveRefused):
        orders.leave(item=item, reasons="Again.", actor=ground.sela, at=NOON)
    with pytest.raises(NotAPerson):
        orders.take_back(item=item, actor=program, at=NOON)
    assert orders.take_back(item=item, actor=ground.sela, at=NOON).outcome == OrderOutcome.OPEN
    with pytest.raises(MoveRefused):
        orders.take_back(item=item, actor=ground.sela, at=NOON)


def test_what_was_unknown_is_found_by_a_person(ground: Ground, program: User) -> None:
    order = received(ground.sela, "the red ball")
    item, ball = order.items.get(), ground.listing("Ball")
    with pytest.raises(NotAPerson):
        orders.locate(item=item, text=f"L-{ball.pk}", actor=program, at=NOON)
    with pytest.raises(orders.StillUnknown):
        orders.locate(item=item, text="nothing", actor=ground.sela, at=NOON)
    orders.locate(item=item, text=f"L-{ball.pk}", actor=ground.sela, at=NOON)
    item = order.items.get()
    assert (item.named, item.listing, item.outcome) == ("the red ball", ball, OrderOutcome.OPEN)
    with pytest.raises(MoveRefused):
        orders.locate(item=item, text=f"L-{ball.pk}", actor=ground.sela, at=NOON)


# --- letters ---------------------------------------------------------------------------------------


def test_without_an_address_a_person_sends_it_and_says_how(ground: Ground, program: User) -> None:
    order = received(ground.sela, "L-1", email="")
    assert send_all() == []
    letter = last_letter(order)
    with pytest.raises(NotAPerson):
        order_letters.record_sent(letter=letter, how="By post", actor=program, at=LATER)
    with pytest.raises(Refusal):
        order_letters.record_sent(letter=letter, how=" ", actor=ground.sela, at=LATER)
    order_letters.record_sent(letter=letter, how="Registered post RR 1", actor=ground.sela, at=LATER)
    assert last_letter(order).sent_at == LATER
    with pytest.raises(MoveRefused):
        order_letters.record_sent(letter=letter, how="Again", actor=ground.sela, at=LATER)


def test_what_goes_by_mail_is_not_recorded_by_hand(ground: Ground) -> None:
    order = received(ground.sela, "L-1")
    with pytest.raises(MoveRefused):
        order_letters.record_sent(letter=last_letter(order), how="By post", actor=ground.sela, at=LATER)


def test_a_letter_that_cannot_be_delivered_waits_and_is_given_up(ground: Ground, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    letter, at = last_letter(received(ground.sela, "L-1")), NOON
    for _each in range(8):
        assert not order_letters.deliver(letter_id=letter.pk, at=at)
        letter.refresh_from_db()
        at = max(letter.next_try_at, at)
    assert letter.given_up_at is not None
    assert letter.attempts == 8


def test_a_refused_address_is_not_tried_again(ground: Ground) -> None:
    """As with mail to who reported: the address is kept in one place, whatever the server says of it."""
    letter = last_letter(received(ground.sela, "L-1"))
    unsent.note_failure(letter, smtplib.SMTPRecipientsRefused({ADDRESS: (550, b"nobody")}), NOON)
    letter.refresh_from_db()
    assert (letter.given_up_at, letter.error) == (NOON, "SMTPRecipientsRefused")


def test_an_address_that_is_refused_for_now_is_tried_again(ground: Ground) -> None:
    letter = last_letter(received(ground.sela, "L-1"))
    letter.attempts = 1
    unsent.note_failure(letter, smtplib.SMTPRecipientsRefused({ADDRESS: (450, b"greylisted")}), NOON)
    letter.refresh_from_db()
    assert letter.given_up_at is None
    assert letter.next_try_at > NOON


def test_every_move_is_allowed_or_refused(ground: Ground) -> None:
    order = received(ground.sela, "L-1")
    for was, to in product(OrderState, OrderState):
        closed = None if was in OPEN_ORDERS else NOON
        AuthorityOrder.objects.filter(pk=order.pk).update(state=was, closed_at=closed)
        if to in ORDER_MOVES[was]:
            order_states.move(order_states.lock(order), to, actor=ground.sela, at=NOON)
            assert again(order).state == to
        else:
            with pytest.raises(MoveRefused):
                order_states.move(order_states.lock(order), to, actor=ground.sela, at=NOON)


def test_no_decision_is_made_by_taking_an_order_in(ground: Ground) -> None:
    received(ground.sela, ground.listing("Ball"))
    assert Decision.objects.count() == 0
