"""One letter for one event: what gathers in it, what does not, and that nothing is lost or said twice on the way."""

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings
from django.core import mail
from django.db import connection

from enforcement.domain import decisions, gathering, links, messages, taking_effect
from enforcement.enums import MessageKind, MessageState, Origin, SweepKind, SweepState
from enforcement.events import delivery_owed
from enforcement.language import words as language
from enforcement.models import Decision, Message, Sweep, Violation
from enforcement.queries import accounts, appeals, outbox
from governance.policies.enums import Measure
from governance.policies.models import Policy
from listings.models import Merchant
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON
from tests.fixtures.paper import sheets

SOON, LATER = NOON + timedelta(seconds=10), NOON + timedelta(minutes=1)


def decide(
    ground: Ground,
    *titles: str,
    policy: Policy | None = None,
    measure: Measure = Measure.REMOVE,
    origin_ref: str = "17",
    at: datetime = NOON,
    merchant: Merchant | None = None,
    **more: object,
) -> Decision:
    policy = policy or ground.policy
    found = [ground.violation(ground.listing(title, of=merchant), policy) for title in titles]
    more = {"actor": None, "origin_kind": Origin.SWEEP} | more
    return ground.issue(
        found,
        measure,
        version=policy.live,
        origin_ref=origin_ref,
        at=at,
        merchant=merchant,
        **more,  # type: ignore[arg-type]
    )


def deliver(at: datetime = LATER) -> list[bool]:
    return [messages.deliver(message_id=key, at=at) for key in outbox.due(at)]


def company(message: Message) -> list[Decision]:
    return list(message.decisions.order_by("pk"))


@pytest.mark.django_db
def test_one_letter_lists_every_decision_and_listing_with_its_own_link(ground: Ground) -> None:
    batteries = ground.another_policy("batteries")
    made = [
        decide(ground, "Ball", "Cube"),
        decide(ground, "Torch", policy=batteries),
        decide(ground, "Lamp", policy=batteries, measure=Measure.DEMOTE, at=SOON),
    ]
    message = Message.objects.get()
    assert company(message) == made
    assert message.subject == "Decisions about your listings or account: 3"
    for part in (message.text, message.html):
        for decision in made:
            assert decision.reference in part
            assert links.address_of(decision) in part
            assert decision.statement.content["title"] in part
        for title in ("Ball", "Cube", "Torch", "Lamp"):
            assert title in part
        assert part.count("Your right to go to court is not affected.") == 1
        assert part.count("Dear ") == 1
    assert message.text.count("Strong loose magnets may not be sold as toys.") == 2  # once under each policy
    assert "Nothing else changes" not in message.text
    assert deliver() == [True]
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_the_pdf_beside_it_has_each_statement_whole(ground: Ground) -> None:
    made = [decide(ground, "Ball"), decide(ground, "Torch", policy=ground.another_policy("batteries"))]
    deliver()
    ((name, content, _kind),) = mail.outbox[0].attachments
    assert name == f"{made[0].reference}+1.pdf"
    first, second = (
        [sheet for sheet in sheets(content) if sheet[-1].startswith(decision.reference)] for decision in made
    )
    assert any("Your right to go to court is not affected." in line for sheet in first for line in sheet)
    assert any("Your right to go to court is not affected." in line for sheet in second for line in sheet)


@pytest.mark.django_db
@pytest.mark.parametrize("tag", language.languages())
def test_every_language_has_the_words_of_such_a_letter(ground: Ground, tag: str) -> None:
    ground.merchant.language = tag
    ground.merchant.save()
    decide(ground, "Ball")
    decide(ground, "Torch", policy=ground.another_policy("batteries"))
    message = Message.objects.get()
    assert message.subject == language.words(tag)("letter.subject", n=2)
    assert language.words(tag)("letter.intro", n=2) in message.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    "other",
    [
        {"origin_ref": "18"},
        {"origin_kind": Origin.CASE},
        {"at": NOON + timedelta(seconds=31)},
        {"origin_ref": ""},
    ],
)
def test_what_is_not_of_the_event_has_a_letter_of_its_own(ground: Ground, other: dict[str, object]) -> None:
    decide(ground, "Ball")
    decide(ground, "Torch", **other)  # type: ignore[arg-type]
    assert Message.objects.count() == 2


@pytest.mark.django_db
def test_what_has_no_event_is_never_gathered_and_waits_for_nothing(ground: Ground) -> None:
    decide(ground, "Ball", origin_ref="")
    decide(ground, "Torch", origin_ref="", policy=ground.another_policy("batteries"))
    assert [message.next_try_at for message in Message.objects.all()] == [NOON, NOON]


@pytest.mark.django_db
def test_another_merchant_and_another_language_have_their_own(ground: Ground) -> None:
    decide(ground, "Ball")
    decide(ground, "Torch", merchant=ground.another_merchant("Sonne"))
    Merchant.objects.filter(pk=ground.merchant.pk).update(language="de")
    decide(ground, "Lamp", policy=ground.another_policy("batteries"))
    assert Message.objects.count() == 3


@pytest.mark.django_db
def test_the_wait_is_bound_by_a_setting_and_never_moves(ground: Ground, settings: LazySettings) -> None:
    settings.LETTER_SECONDS = 20
    decide(ground, "Ball")
    decide(ground, "Torch", policy=ground.another_policy("batteries"), at=SOON)
    assert Message.objects.get().next_try_at == NOON + timedelta(seconds=20)


@pytest.mark.django_db
def test_a_decision_that_may_be_undone_for_longer_than_the_letter_waits_does_not_join(
    ground: Ground, settings: LazySettings
) -> None:
    settings.LETTER_SECONDS = 15
    decide(ground, "Ball", actor="mona", origin_kind=Origin.CASE)
    decide(ground, "Torch", policy=ground.another_policy("b"), actor="mona", origin_kind=Origin.CASE, at=SOON)
    first, second = Message.objects.order_by("pk")
    assert (first.next_try_at, second.next_try_at) == (NOON + timedelta(seconds=15), SOON + timedelta(seconds=15))


@pytest.mark.django_db
def test_a_letter_that_was_begun_takes_nothing_in(ground: Ground) -> None:
    decide(ground, "Ball")
    Message.objects.update(attempts=1, next_try_at=LATER)
    decide(ground, "Torch", policy=ground.another_policy("batteries"), at=SOON)
    assert Message.objects.count() == 2


@pytest.mark.django_db
def test_a_letter_that_is_full_is_followed_by_another(ground: Ground) -> None:
    for number in range(gathering.MOST + 2):
        decide(ground, f"Ball {number}")
    first, second = Message.objects.order_by("pk")
    assert (first.decisions.count(), second.decisions.count()) == (gathering.MOST, 2)


@pytest.mark.django_db
def test_every_decision_knows_its_letter(ground: Ground) -> None:
    made = [decide(ground, "Ball"), decide(ground, "Torch", policy=ground.another_policy("batteries"))]
    message = Message.objects.get()
    assert [list(outbox.of_decision(decision.pk)) for decision in made] == [[message], [message]]
    assert list(accounts.told(ground.merchant.pk, SOON)) == []
    deliver(LATER + timedelta(days=40))
    assert set(accounts.told(ground.merchant.pk, LATER)) == set(made)
    closing = {appeals.closes_at(decision) for decision in made}
    assert len(closing) == 1
    assert closing.pop().month == 7  # counted from when it was sent, in January


# --- taken back ------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("which", [0, 1])
def test_what_is_undone_leaves_the_letter_and_the_rest_goes_out(ground: Ground, which: int) -> None:
    by = {"actor": "mona", "origin_kind": Origin.CASE}
    made = [decide(ground, "Ball", **by), decide(ground, "Torch", policy=ground.another_policy("b"), **by)]  # type: ignore[arg-type]
    undone, other = made[which], made[1 - which]
    decisions.undo(decision=undone, actor=ground.mona, at=SOON)
    letter = Message.objects.get(state=MessageState.OWED)
    assert company(letter) == [other]
    assert letter.subject == other.statement.content["title"]
    assert undone.reference not in letter.text
    kept = Message.objects.get(state=MessageState.WITHDRAWN)
    assert company(kept) == [undone]
    assert undone.reference in kept.text
    decisions.undo(decision=other, actor=ground.mona, at=SOON)
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.WITHDRAWN}
    assert deliver() == []


@pytest.mark.django_db
def test_once_it_is_sent_none_of_it_can_be_undone(ground: Ground) -> None:
    by = {"actor": "mona", "origin_kind": Origin.CASE}
    made = [decide(ground, "Ball", **by), decide(ground, "Torch", policy=ground.another_policy("b"), **by)]  # type: ignore[arg-type]
    deliver()
    for decision in made:
        with pytest.raises(decisions.TooLateToUndo):
            decisions.undo(decision=decision, actor=ground.mona, at=LATER)


@pytest.mark.django_db
def test_without_an_address_one_letter_waits_for_one(ground: Ground) -> None:
    ground.merchant.email = ""
    ground.merchant.save()
    decide(ground, "Ball")
    decide(ground, "Torch", policy=ground.another_policy("batteries"))
    message = Message.objects.get()
    assert message.state == MessageState.FAILED
    ground.merchant.email = "new@merchant.example"
    ground.merchant.save()
    messages.retry(message=message, actor=ground.sela, at=LATER)
    assert deliver() == [True]
    assert len(company(message)) == 2


# --- later on --------------------------------------------------------------------------------------


def pending(ground: Ground, *slugs: str, origin_ref: str = "17") -> list[Decision]:
    slow = [ground.another_policy(slug, cure_days=5) for slug in slugs]
    return [decide(ground, f"Of {policy.slug}", policy=policy, origin_ref=origin_ref) for policy in slow]


@pytest.mark.django_db
def test_one_reminder_names_all_of_the_event_with_their_links(ground: Ground) -> None:
    made = pending(ground, "slow", "slower")
    alone = pending(ground, "another", origin_ref="18")
    due = made[0].deadlines.get().takes_effect_at
    assert taking_effect.remind_due(due - timedelta(days=2)) == 3
    assert taking_effect.remind_due(due - timedelta(days=1)) == 0
    both, other = Message.objects.filter(kind=MessageKind.REMINDER).order_by("pk")
    assert (company(both), company(other)) == (made, alone)
    for decision in made:
        assert links.address_of(decision) in both.text
        assert decision.reference in both.text
    assert "Of slow" in both.text
    assert "Of slower" in both.text


@pytest.mark.django_db
def test_what_is_extended_is_reminded_of_again_and_the_rest_is_not(ground: Ground) -> None:
    made = pending(ground, "slow", "slower")
    due = made[0].deadlines.get().takes_effect_at
    taking_effect.remind_due(due - timedelta(days=2))
    later = (due + timedelta(days=5)).date()
    shifted = taking_effect.extend(
        decision=made[1], correct_by=later, actor=ground.mona, reason="Ill", at=due - timedelta(days=1)
    )
    assert taking_effect.remind_due(shifted.takes_effect_at - timedelta(days=1)) == 1
    assert company(Message.objects.filter(kind=MessageKind.REMINDER).latest("pk")) == [made[1]]


@pytest.mark.django_db
def test_what_comes_into_force_together_is_told_together(ground: Ground) -> None:
    made = pending(ground, "slow", "slower", "slowest")
    gone = made[2].items.get().violation
    assert gone is not None
    ground.close(gone, "corrected")
    due = made[0].deadlines.get().takes_effect_at
    assert taking_effect.start_due(due) == 3
    assert taking_effect.start_due(due) == 0
    told = Message.objects.get(kind=MessageKind.IN_EFFECT)
    assert company(told) == made[:2]
    assert told.subject == "Decisions that are now in effect: 2"
    assert company(Message.objects.get(kind=MessageKind.RESTORED)) == [made[2]]


# --- a sweep ---------------------------------------------------------------------------------------


def swept(ground: Ground, policies: Sequence[Policy]) -> None:
    one = Sweep.objects.create(kind=SweepKind.FULL, state=SweepState.FINISHED, reason="a test", created_at=NOON)
    for policy in policies:
        found = ground.violation(ground.listing(f"Of {policy.slug}"), policy)
        Violation.objects.filter(pk=found.pk).update(found_by=one)


@pytest.mark.django_db
def test_what_a_sweep_owes_one_merchant_is_one_letter(ground: Ground) -> None:
    swept(ground, [ground.policy, ground.another_policy("batteries"), ground.another_policy("lasers")])
    assert decisions.decide_owed(clock=lambda: NOON) == 3
    assert decisions.decide_owed(clock=lambda: NOON) == 0
    assert len(company(Message.objects.get())) == 3


@pytest.mark.django_db(transaction=True)
def test_it_is_whole_before_anybody_can_send_it() -> None:
    """Even where no time is left to gather: all that automation decides about a merchant is one transaction."""
    ground = Ground()
    swept(ground, [ground.policy, ground.another_policy("batteries")])
    seen: list[int] = []

    def look() -> None:
        seen.append(Message.objects.count())
        connection.close()

    def listen(**_event: object) -> None:
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()

    delivery_owed.connect(listen)
    try:
        assert decisions.decide_owed(clock=lambda: NOON) == 2
    finally:
        delivery_owed.disconnect(listen)
    assert len(seen) >= 2
    assert set(seen) == {0}
    assert len(company(Message.objects.get())) == 2


@pytest.mark.django_db(transaction=True)
def test_sending_and_joining_at_once_lose_nothing_and_say_nothing_twice() -> None:
    """Whoever comes first: the decision is in the letter that went out, or has one of its own that is still owed."""
    ground = Ground()
    for turn in range(4):
        ref = f"turn {turn}"
        first = decide(ground, f"Ball {turn}", origin_ref=ref)
        policy = ground.another_policy(f"p{turn}")
        Message.objects.filter(decision=first).update(next_try_at=NOON)
        key = Message.objects.get(decision=first).pk
        barrier = threading.Barrier(2)

        def send(key: int = key, barrier: threading.Barrier = barrier) -> None:
            barrier.wait()
            messages.deliver(message_id=key, at=NOON)
            connection.close()

        def join(
            turn: int = turn, policy: Policy = policy, ref: str = ref, barrier: threading.Barrier = barrier
        ) -> None:
            barrier.wait()
            decide(ground, f"Torch {turn}", policy=policy, origin_ref=ref)
            connection.close()

        threads = [threading.Thread(target=each) for each in (send, join)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        second = Decision.objects.exclude(pk=first.pk).get(origin_ref=ref)
        letters = Message.objects.filter(decisions=second)
        assert letters.count() == 1
        sent = [each for each in mail.outbox if second.reference in each.body]
        assert len(sent) == (letters.get().state == MessageState.SENT)
