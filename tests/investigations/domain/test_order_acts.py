"""What is done upon an order: never beyond its markets, told when it allows it, judged in cases or at once, information on record."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enforcement.domain import decisions, taking_effect
from enforcement.domain.files import Sent
from enforcement.enums import Origin
from enforcement.models import Decision, DeliveryEvent, Message, TransparencySubmission
from enforcement.queries import accounts
from enforcement.queries import transparency as database
from governance.accounts.enums import Kind
from governance.policies.enums import Measure
from governance.web.refusals import MoveRefused, Refusal
from investigations.domain import (
    arranging,
    cases,
    claims,
    notice_cases,
    order_acts,
    order_cases,
    order_following,
    order_information,
    order_letters,
    orders,
    undoing,
)
from investigations.domain.acting import NotAPerson
from investigations.domain.order_following import NotFinalYet
from investigations.domain.order_terms import BeyondTheOrder
from investigations.enums import CaseState, OrderKind, OrderOutcome, OrderState, Verdict
from investigations.models import AuthorityOrder, Case, OrderItem
from investigations.queries import orders as queries
from tests.enforcement.ground import Ground
from tests.factories import cases as make
from tests.factories.cases import NOON
from tests.investigations.orders import LATER, SOON, act, checked, received, send_all

pytestmark = pytest.mark.django_db
INFORM = OrderKind.INFORM


@pytest.fixture
def ground() -> Ground:
    return Ground()


def outcomes(order: AuthorityOrder) -> list[str]:
    return list(order.items.order_by("pk").values_list("outcome", flat=True))


# --- at once ---------------------------------------------------------------------------------------


def test_it_holds_in_the_markets_of_the_order_and_in_no_other(ground: Ground) -> None:
    ball = ground.listing("Ball", markets=["AT", "DE", "FR", "NL"])
    acted = act(ground, checked(ground.sela, ball))
    assert ground.seen(ball) == {"AT": "shown", "DE": "hidden", "FR": "hidden", "NL": "shown"}
    (decision,) = acted.decisions
    assert (decision.markets, decision.origin_kind, decision.points) == (["DE", "FR"], Origin.ORDER, 0)


def test_every_merchant_is_decided_about_and_one_refusal_stops_nobody(ground: Ground) -> None:
    other = ground.another_merchant("Sundlicht", email="s@merchant.example")
    ball, cube = ground.listing("Ball"), ground.listing("Cube", of=other)
    far = ground.listing("Far", of=ground.another_merchant("Weit"), markets=["NL"])
    order = checked(ground.sela, ball, cube, far)
    acted = act(ground, order)
    assert len(acted.decisions) == 2
    assert [merchant for merchant, _why in acted.refused] == ["Weit"]
    assert AuthorityOrder.objects.get().state == OrderState.EXECUTING
    order_following.follow_all(at=NOON + SOON)
    assert outcomes(order) == ["done", "done", "open"]


def test_the_statement_says_the_order_and_how_it_is_contested(ground: Ground) -> None:
    (decision,) = act(ground, checked(ground.sela, ground.listing("Ball"))).decisions
    text = decision.statement.text
    for part in (
        "Upon an order of Marktwächter Nord (Germany), number 4 Js 112/26",
        "Its legal basis: Produktsicherheitsgesetz § 8",
        "A child can swallow the magnets.",
        "Widerspruch within one month.",
        "Until the authority withdraws or changes its order.",
        "you can appeal to us free of charge until",
        "This decision adds no points",
    ):
        assert part in text, part
    for part in ("We consider this illegal", "Take the magnets out", "A magnet that a child can swallow"):
        assert part not in text, part


def test_the_transparency_database_is_not_told(ground: Ground) -> None:
    act(ground, checked(ground.sela, ground.listing("Ball")))
    assert TransparencySubmission.objects.count() == 0
    assert list(database.missing(LATER)) == []


def test_the_merchant_learns_nothing_before_the_order_allows_it(ground: Ground) -> None:
    until = NOON + timedelta(days=10)
    order = checked(ground.sela, ground.listing("Ball"), tell_after=until)
    (decision,) = act(ground, order).decisions
    assert Message.objects.get().next_try_at == until
    assert DeliveryEvent.objects.get(type="decision.issued").data["tell_after"] == until.isoformat()
    assert list(accounts.told(ground.merchant.pk, LATER)) == []
    assert list(accounts.told(ground.merchant.pk, until)) == [decision]
    orders.complete(order=order, note="", actor=ground.sela, at=NOON + SOON)
    assert "are told nothing before 3 December 2026, 12:00 UTC" in send_all()[-1].body


@pytest.mark.parametrize("measure", [Measure.SUSPEND, Measure.WARN, Measure.BLOCK_RELISTING, Measure.DEMOTE])
def test_what_could_reach_further_is_refused(ground: Ground, measure: Measure) -> None:
    with pytest.raises(BeyondTheOrder):
        act(ground, checked(ground.sela, ground.listing("Ball")), measure=measure)
    assert Decision.objects.count() == 0


def test_all_of_its_markets_or_none(ground: Ground) -> None:
    order = checked(ground.sela, ground.listing("Ball", markets=["DE", "NL"]), markets=["DE", "NL"])
    with pytest.raises(BeyondTheOrder, match="NL"):
        act(ground, order)  # the policy does not apply there
    with pytest.raises(BeyondTheOrder, match="NL"):
        act(ground, order, only_in=["DE"])
    nowhere = checked(ground.sela, ground.listing("Cube"), markets=[], number="5")
    with pytest.raises(BeyondTheOrder):
        act(ground, nowhere)


def test_a_program_decides_nothing_and_what_is_not_checked_is_not_carried_out(ground: Ground) -> None:
    order = received(ground.sela, ground.listing("Ball"))
    with pytest.raises(MoveRefused):
        act(ground, order)
    ground.tilda.kind = Kind.SERVICE
    with pytest.raises(NotAPerson):
        act(ground, order, by=ground.tilda)
    with pytest.raises(order_acts.NothingToDo):
        act(ground, checked(ground.sela, "unknown", number="5"))


def test_what_waits_for_a_second_person_is_done_when_that_has_come(ground: Ground, settings: Any) -> None:
    settings.SECOND_PERSON_LISTINGS = 1
    order = checked(ground.sela, ground.listing("Ball"))
    (decision,) = act(ground, order).decisions
    assert decision.state == "held"
    with pytest.raises(orders.NotAllDone):
        orders.complete(order=order, note="", actor=ground.sela, at=LATER)
    taking_effect.approve(decision=decision, actor=ground.tilda, at=LATER)
    assert orders.complete(order=order, note="", actor=ground.sela, at=LATER).effect_at == LATER


def test_an_undone_decision_leaves_it_to_be_done(ground: Ground) -> None:
    order = checked(ground.sela, ground.listing("Ball"))
    (decision,) = act(ground, order).decisions
    decisions.undo(decision=decision, actor=ground.sela, at=NOON)
    order_following.follow_all(at=NOON + SOON)
    assert OrderItem.objects.get().decision is None
    assert len(act(ground, order, at=LATER).decisions) == 1


def test_a_withdrawn_order_ends_what_waits(ground: Ground, settings: Any) -> None:
    settings.SECOND_PERSON_LISTINGS = 1
    order = checked(ground.sela, ground.listing("Ball"))
    act(ground, order)
    (ended,) = orders.withdraw(order=order, text="Mistaken.", actor=ground.sela, at=LATER)
    assert ended.state == "withdrawn"


def test_a_decision_made_meanwhile_is_named(ground: Ground) -> None:
    ball, other = ground.listing("Ball"), ground.listing("Cube")
    order = checked(ground.sela, ball)
    item = order.items.get()
    wrong = ground.issue([ground.violation(other)], Measure.REMOVE)
    with pytest.raises(Refusal):
        order_acts.name_decision(item=item, decision=wrong, actor=ground.sela, at=LATER)
    made = ground.issue([ground.violation(ball)], Measure.REMOVE)
    ground.tilda.kind = Kind.SERVICE
    with pytest.raises(NotAPerson):
        order_acts.name_decision(item=item, decision=made, actor=ground.tilda, at=LATER)
    order_acts.name_decision(item=item, decision=made, actor=ground.sela, at=LATER)
    assert outcomes(order) == ["done"]
    with pytest.raises(MoveRefused):
        order_acts.name_decision(item=item, decision=made, actor=ground.sela, at=LATER)


# --- in cases --------------------------------------------------------------------------------------


def in_a_case(ground: Ground, **more: Any) -> tuple[AuthorityOrder, Case]:
    ball = ground.listing("Ball", markets=["AT", "DE", "FR", "NL"])
    order = checked(ground.sela, ball, **more)
    (case,) = order_cases.open_cases(order=order, actor=ground.sela, at=NOON)
    case = Case.objects.get(pk=case.pk)
    claims.claim(case=case, person=ground.mona, at=NOON)
    notice_cases.choose_policy(case=case, policy=ground.policy, actor=ground.mona, at=NOON)
    return order, Case.objects.get(pk=case.pk)


def judge(ground: Ground, case: Case, verdict: Verdict, **more: Any) -> Any:
    fields: dict[str, Any] = {"measure": Measure.REMOVE, "reason": "As ordered.", "markets": ["AT", "DE"]}
    verdicts = {item.pk: verdict for item in case.items.filter(settled_at=None)}
    return cases.decide(case=case, verdicts=verdicts, actor=ground.mona, at=NOON, **(fields | more))


def test_cases_go_ahead_of_what_else_waits_and_are_opened_once(ground: Ground) -> None:
    make.case(ground.policy, ground.merchant)
    order = checked(ground.sela, ground.listing("Ball"))
    (case,) = order_cases.open_cases(order=order, actor=ground.sela, at=NOON)
    case.refresh_from_db()
    assert next(each.pk for each in Case.objects.order_by("-priority")) == case.pk
    assert (case.origin, case.due_at, case.priority) == ("order", order.due_at, 99.5)
    with pytest.raises(order_cases.NothingToOpen):
        order_cases.open_cases(order=order, actor=ground.sela, at=NOON)
    ground.tilda.kind = Kind.SERVICE
    with pytest.raises(NotAPerson):
        order_cases.open_cases(order=order, actor=ground.tilda, at=NOON)
    with pytest.raises(MoveRefused):
        order_cases.open_cases(order=received(ground.sela, "L-1", number="5"), actor=ground.sela, at=NOON)


def test_a_case_decides_in_the_markets_of_the_order_whatever_was_chosen(ground: Ground) -> None:
    order, case = in_a_case(ground)
    with pytest.raises(BeyondTheOrder):
        judge(ground, case, Verdict.VIOLATES, measure=Measure.SUSPEND_LISTING_RIGHTS)
    judge(ground, case, Verdict.VIOLATES)
    decision = Decision.objects.get()
    assert (decision.markets, decision.origin_kind, decision.origin_ref) == (["DE", "FR"], "order", order.reference)
    order_following.follow_all(at=NOON)
    assert outcomes(order) == ["open"]  # it can still be undone
    order_following.follow_all(at=NOON + SOON)
    assert outcomes(order) == ["done"]


def test_a_case_that_finds_it_fine_says_so_in_the_report(ground: Ground) -> None:
    order, case = in_a_case(ground)
    judge(ground, case, Verdict.FINE, measure=None, fine_reason="Another product.")
    order_following.follow_all(at=NOON + SOON)
    item = order.items.get()
    assert (item.outcome, item.note) == (OrderOutcome.NOT_DONE, "Another product.")


@pytest.mark.parametrize(
    ("verdict", "more"),
    [(Verdict.VIOLATES, {}), (Verdict.FINE, {"measure": None, "fine_reason": "Another product."})],
)
def test_what_was_judged_just_now_is_neither_refused_nor_left_nor_decided_again(
    ground: Ground, verdict: Verdict, more: dict[str, Any]
) -> None:
    order, case = in_a_case(ground)
    ruling = judge(ground, case, verdict, **more)
    soon, item, made = NOON + timedelta(seconds=5), order.items.get(), Decision.objects.count()
    with pytest.raises(NotFinalYet):
        orders.refuse(order=order, reasons="Not valid.", actor=ground.sela, at=soon)
    with pytest.raises(NotFinalYet):
        orders.leave(item=item, reasons="Another product.", actor=ground.sela, at=soon)
    lead = ground.another_policy("lead")
    acted = act(ground, order, at=soon, version=lead.live)
    assert (acted.decisions, [merchant for merchant, _why in acted.refused]) == ((), [ground.merchant.name])
    own = ground.issue([ground.violation(item.listing, lead)], Measure.LABEL, version=lead.live)  # type: ignore[arg-type]
    with pytest.raises(NotFinalYet):
        order_acts.name_decision(item=item, decision=own, actor=ground.sela, at=soon)
    assert (outcomes(order), Decision.objects.count()) == (["open"], made + 1)
    decisions.undo(decision=own, actor=ground.mona, at=soon)
    undoing.undo_decision(ruling=ruling, actor=ground.mona, at=soon)
    assert orders.leave(item=item, reasons="Another product.", actor=ground.sela, at=soon).outcome == "not_done"


def test_what_became_final_is_followed_before_it_is_left_or_decided(ground: Ground) -> None:
    order, case = in_a_case(ground)
    judge(ground, case, Verdict.FINE, measure=None, fine_reason="Another product.")
    with pytest.raises(MoveRefused, match="not to be done any more"):
        orders.leave(item=order.items.get(), reasons="x", actor=ground.sela, at=NOON + SOON)
    with pytest.raises(order_acts.NothingToDo):
        act(ground, order, at=NOON + SOON)


def test_a_case_is_locked_before_its_merchant(ground: Ground) -> None:
    order, _case = in_a_case(ground)
    with CaptureQueriesContext(connection) as asked:
        act(ground, order, at=LATER)
    locks = [each["sql"] for each in asked if " FOR " in each["sql"]]
    case, merchant = (
        next(n for n, sql in enumerate(locks) if f'FROM "{table}"' in sql)
        for table in ("investigations_case", "listings_merchant")
    )
    assert case < merchant


def test_a_refusal_leaves_it_in_its_case(ground: Ground) -> None:
    order, case = in_a_case(ground)
    assert act(
        ground,
        order,
        at=LATER,
        measure=Measure.RESTRICT_MARKETS,
        version=ground.another_policy("lead", measures=[Measure.REMOVE]).live,
    ).refused
    case.refresh_from_db()
    assert case.state == CaseState.IN_REVIEW
    assert case.items.filter(settled_at=None).count() == 1


@pytest.mark.parametrize("markets", [["NL"], []])
def test_where_none_of_its_markets_is_left_nothing_is_decided_anywhere(ground: Ground, markets: list[str]) -> None:
    order = checked(ground.sela, ground.listing("Ball", markets=["DE"]), markets=markets)
    with pytest.raises(BeyondTheOrder):
        act(ground, order)
    (case,) = order_cases.open_cases(order=order, actor=ground.sela, at=NOON)
    claims.claim(case=case, person=ground.mona, at=NOON)
    notice_cases.choose_policy(case=case, policy=ground.policy, actor=ground.mona, at=NOON)
    with pytest.raises(BeyondTheOrder):
        judge(ground, case, Verdict.VIOLATES)
    assert Decision.objects.count() == 0


def test_an_order_that_cannot_be_followed_stops_no_other(ground: Ground) -> None:
    broken, other = (checked(ground.sela, ground.listing(name), number=name) for name in ("Ball", "Cube"))
    for order in (broken, other):
        act(ground, order)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "ALTER TABLE investigations_orderitem ADD CONSTRAINT broken CHECK (order_id <> %s OR outcome = 'open')",
            [broken.pk],
        )
    assert order_following.follow_all(at=NOON + SOON) == 2
    assert (outcomes(broken), outcomes(other)) == (["open"], ["done"])


def test_what_is_decided_at_once_leaves_its_case(ground: Ground) -> None:
    order, case = in_a_case(ground)
    act(ground, order, at=LATER)
    case.refresh_from_db()
    assert case.state == CaseState.CLOSED


def test_a_merged_case_keeps_the_order_s_markets(ground: Ground) -> None:
    other = make.case(ground.policy, ground.merchant)
    _order, case = in_a_case(ground)
    claims.release(case=case, actor=ground.mona, at=NOON)
    into = arranging.merge(case=case, into=other, actor=ground.tilda, reason="One seller.", at=NOON)
    claims.claim(case=into, person=ground.mona, at=NOON)
    judge(ground, into, Verdict.VIOLATES, markets=["AT", "DE"])
    made = {decision.origin_kind: decision.markets for decision in Decision.objects.all()}
    assert made == {"case": ["AT", "DE"], "order": ["DE", "FR"]}


def test_refusing_it_closes_its_cases(ground: Ground) -> None:
    order, case = in_a_case(ground)
    orders.refuse(order=order, reasons="Not valid.", actor=ground.sela, at=LATER)
    case.refresh_from_db()
    assert case.state == CaseState.CLOSED


# --- information -----------------------------------------------------------------------------------


def given(ground: Ground, order: AuthorityOrder, **more: Any) -> Any:
    fields: dict[str, Any] = {
        "what": "Name and address on file.",
        "to_whom": "Kommissariat 3",
        "given_at": NOON,
        "file": order_information.hashed(Sent("file.zip", [b"secret", b" things"])),
        "actor": ground.sela,
        "at": LATER,
    }
    return order_information.hand_over(item=order.items.get(), **(fields | more))


def test_what_was_given_is_on_record_with_the_hash_and_without_the_file(ground: Ground) -> None:
    order = checked(ground.sela, ground.merchant.public_id, kind=INFORM)
    handover = given(ground, order)
    assert handover.sha256 == hashlib.sha256(b"secret things").hexdigest()
    assert (handover.file_name, handover.file_size) == ("file.zip", 13)
    assert outcomes(order) == ["done"]
    assert orders.complete(order=order, note="", actor=ground.sela, at=LATER).state == OrderState.EXECUTED
    sent = send_all()
    report, merchant = (next(each for each in sent if part in each.subject) for part in ("What we did", "about you"))
    assert "Name and address on file.: given to Kommissariat 3" in report.body
    assert handover.sha256 in report.body
    assert merchant.to == [ground.merchant.email]
    for part in ("Marktwächter Nord (Germany) has ordered us", "Name and address on file.", "Widerspruch"):
        assert part in merchant.body, part


def test_the_merchant_is_told_when_the_order_allows_it(ground: Ground) -> None:
    until = NOON + timedelta(days=30)
    order = checked(ground.sela, ground.merchant.public_id, kind=INFORM, tell_after=until)
    given(ground, order)
    assert not [each for each in send_all() if "about you" in each.subject]
    assert [each for each in send_all(until) if "about you" in each.subject]


def test_a_person_does_not_tell_the_merchant_sooner(ground: Ground) -> None:
    until = NOON + timedelta(days=30)
    ground.merchant.email = ""
    ground.merchant.save()
    order = checked(ground.sela, ground.merchant.public_id, kind=INFORM, tell_after=until)
    given(ground, order)
    letter = order.letters.get(kind="merchant")
    assert list(queries.by_hand(ground.sela, at=LATER)) == []
    with pytest.raises(order_letters.HeldBack):
        order_letters.record_sent(letter=letter, how="By post", actor=ground.sela, at=LATER)
    assert list(queries.by_hand(ground.sela, at=until)) == [letter]
    order_letters.record_sent(letter=letter, how="By post", actor=ground.sela, at=until)


@pytest.mark.parametrize(
    "wrong",
    [{"what": " "}, {"to_whom": ""}, {"given_at": LATER + timedelta(days=1)}, {"given_at": NOON - timedelta(1)}],
)
def test_a_record_says_what_to_whom_and_when(ground: Ground, wrong: dict[str, Any]) -> None:
    with pytest.raises(order_information.SaysNothing):
        given(ground, checked(ground.sela, ground.merchant.public_id, kind=INFORM), **wrong)


def test_information_is_given_by_a_person_upon_an_order_that_asks_for_it(ground: Ground) -> None:
    with pytest.raises(Refusal):
        given(ground, checked(ground.sela, ground.listing("Ball")))
    with pytest.raises(MoveRefused):
        given(ground, received(ground.sela, ground.merchant.public_id, kind=INFORM, number="5"))
    with pytest.raises(MoveRefused):
        given(ground, checked(ground.sela, "nobody", kind=INFORM, number="6"))
    order = checked(ground.sela, ground.merchant.public_id, kind=INFORM, number="7")
    with pytest.raises(Refusal):
        act(ground, order)
    ground.sela.kind = Kind.SERVICE
    with pytest.raises(NotAPerson):
        given(ground, order)
