"""Deciding part of a case and keeping it, a second measure in the same act, and what a listing's data may look like."""

from datetime import timedelta
from typing import Any

import pytest

from enforcement.enums import DecisionState, ViolationState
from enforcement.models import Decision, Message, Statement, Violation
from governance.accounts.models import User
from governance.policies.enums import Measure
from governance.web.refusals import Refusal
from investigations.domain import arranging, cases, claims
from investigations.domain.cases import NothingJudged, VerdictMissing
from investigations.domain.issuing import SameMeasure
from investigations.enums import CaseState, Verdict
from investigations.models import Case, CaseDecision, Claim
from listings.enums import Exposure
from listings.queries.visibility import exposures
from tests.factories import cases as make
from tests.factories.cases import NOON
from tests.investigations.odd import ODD

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=3)
LATEST = LATER + timedelta(seconds=15)
V, F, U = Verdict.VIOLATES, Verdict.FINE, Verdict.UNSURE


@pytest.fixture
def case(kim: User) -> Case:
    """Three listings, taken by Kim."""
    for code in ("DE", "FR", "AT"):
        make.market(code)
    made = make.case(make.policy("magnets"), make.merchant("Nordlicht"), listings=3, markets=("DE", "FR"))
    claims.claim(case=made, person=kim, at=NOON)
    return made


def decide(case: Case, actor: User, *given: Verdict, **changes: Any) -> CaseDecision | None:
    keys = case.items.filter(settled_at__isnull=True).order_by("pk").values_list("pk", flat=True)
    values: dict[str, Any] = {
        "verdicts": dict(zip(keys, given, strict=False)),
        "measure": Measure.REMOVE,
        "actor": actor,
        "reason": "Clear",
        "at": LATER,
    }
    return cases.decide(case=case, **(values | changes))


# --- part by part --------------------------------------------------------------------------------


def test_part_is_decided_and_the_rest_stays_in_hand(kim: User, case: Case) -> None:
    first = decide(case, kim, V, keep=True)
    case.refresh_from_db()
    assert (case.state, case.items.filter(settled_at__isnull=True).count()) == (CaseState.IN_REVIEW, 2)
    held = Claim.objects.get(ended_at__isnull=True)
    assert (held.person, held.expires_at) == (kim, LATER + claims.CLAIM_LASTS)

    second = decide(case, kim, V, F, measure=Measure.WARN, at=LATEST)

    case.refresh_from_db()
    assert case.state == CaseState.CLOSED
    assert list(Decision.objects.order_by("pk").values_list("measure", flat=True)) == ["remove", "warn"]
    assert first is not None
    assert second is not None
    assert (first.handling_seconds, second.handling_seconds) == (180, 15)
    assert Message.objects.count() == 1, "both are of one event"


def test_what_is_unsure_stays_in_hand_too(kim: User, case: Case) -> None:
    decide(case, kim, V, U, F, keep=True)
    case.refresh_from_db()
    assert case.state == CaseState.IN_REVIEW
    assert case.items.get(settled_at__isnull=True).verdict == U


def test_where_nothing_is_left_the_case_closes(kim: User, case: Case) -> None:
    decide(case, kim, F, F, F, measure=None, keep=True)
    case.refresh_from_db()
    assert case.state == CaseState.CLOSED


def test_part_needs_a_verdict_and_the_whole_needs_all(kim: User, case: Case) -> None:
    with pytest.raises(NothingJudged):
        decide(case, kim, keep=True)
    with pytest.raises(NothingJudged):
        decide(case, kim, U, keep=True)
    with pytest.raises(VerdictMissing):
        decide(case, kim, V)


def test_a_part_is_undone_while_the_rest_is_in_hand(kim: User, case: Case) -> None:
    ruling = decide(case, kim, V, keep=True)
    assert ruling is not None
    cases.undo_decision(ruling=ruling, actor=kim, at=LATER + timedelta(seconds=8))
    case.refresh_from_db()
    assert (case.state, case.items.filter(settled_at__isnull=True).count()) == (CaseState.IN_REVIEW, 3)
    assert Claim.objects.count() == 1


# --- a second measure ----------------------------------------------------------------------------


def test_a_second_measure_is_a_second_decision_in_one_letter(kim: User, case: Case) -> None:
    ruling = decide(case, kim, V, V, F, also=Measure.WARN)
    first, second = Decision.objects.order_by("pk")
    assert (first.measure, second.measure) == ("remove", "warn")
    assert ruling is not None
    assert (ruling.decision, list(ruling.also.all())) == (first, [second])
    assert [decision.items.count() for decision in (first, second)] == [2, 2]
    assert set(Message.objects.get().decisions.all()) == {first, second}
    assert first.points + second.points == first.points, "one offence gives its points once"
    assert CaseDecision.objects.count() == 1


def test_both_are_undone_together(kim: User, case: Case) -> None:
    ruling = decide(case, kim, V, V, F, also=Measure.WARN)
    assert ruling is not None
    cases.undo_decision(ruling=ruling, actor=kim, at=LATER + timedelta(seconds=8))
    assert set(Decision.objects.values_list("state", flat=True)) == {DecisionState.REVERSED}
    assert Violation.objects.filter(state=ViolationState.OPEN).count() == 3


def test_the_second_measure_is_another_and_permitted(kim: User, case: Case) -> None:
    with pytest.raises(SameMeasure):
        decide(case, kim, V, V, V, also=Measure.REMOVE)
    with pytest.raises(Refusal, match="does not permit"):
        decide(case, kim, V, V, V, also=Measure.AGE_GATE)
    assert not Decision.objects.exists()


def test_nobody_is_decided_upon_twice_by_another_act(kim: User, case: Case) -> None:
    decide(case, kim, V, keep=True)
    first = case.items.order_by("pk")[0]
    make.policy("other")
    again = case.items.create(listing=first.listing, violation=first.violation, added_at=NOON)
    with pytest.raises(Refusal, match="was decided on already"):
        decide(case, kim, verdicts={again.pk: V}, keep=True)


def test_drafting_shows_both_statements_and_leaves_nothing(kim: User, case: Case) -> None:
    keys = list(case.items.values_list("pk", flat=True))
    found = cases.draft_statement(
        case=case, verdicts=dict.fromkeys(keys, V), measure=Measure.REMOVE, also=Measure.WARN, actor=kim, reason="Clear",
        at=LATER,
    )  # fmt: skip
    assert len(found) == 2
    assert not Statement.objects.exists()


def test_two_policies_in_one_case_are_two_decisions(kim: User, case: Case) -> None:
    cords = make.case(make.policy("cords", title="Cords"), case.merchant)
    arranging.merge(case=cords, into=case, actor=kim, reason="One toy", at=LATER)
    decide(case, kim, V, V, V, V)
    assert sorted(Decision.objects.values_list("version__policy__slug", flat=True)) == ["cords", "magnets"]
    assert Message.objects.count() == 1


def test_a_measure_that_one_of_two_policies_forbids_is_refused_whole(kim: User, case: Case) -> None:
    cords = make.case(make.policy("cords", measures=(Measure.WARN,)), case.merchant)
    arranging.merge(case=cords, into=case, actor=kim, reason="One toy", at=LATER)
    with pytest.raises(Refusal, match="does not permit"):
        decide(case, kim, V, V, V, V)
    assert not Decision.objects.exists()


# --- whatever a listing looks like ---------------------------------------------------------------


@pytest.mark.parametrize("fields", ODD.values(), ids=ODD)
@pytest.mark.parametrize("verdict", [V, F])
def test_no_listing_blocks_a_decision(verdict: Verdict, fields: dict[str, Any], kim: User) -> None:
    make.market("DE")
    policy, merchant = make.policy("magnets"), make.merchant("Nordlicht")
    case = make.case(policy, merchant)
    more = {name: value for name, value in fields.items() if name != "title"}
    odd = make.listing(merchant, str(fields.get("title", "Cube")), **more)
    make.violation(odd, policy)
    cases.open_owed(at=NOON)
    claims.claim(case=case, person=kim, at=NOON)

    decide(case, kim, verdict, verdict, measure=Measure.REMOVE if verdict == V else None)

    case.refresh_from_db()
    assert case.state == CaseState.CLOSED
    shown = exposures(odd)["DE"].exposure
    assert shown == (Exposure.HIDDEN if verdict == V else Exposure.SHOWN)


def test_four_hundred_listings_are_decided_in_one_act_with_two_measures(kim: User) -> None:
    make.market("DE")
    case = make.case(make.policy("magnets"), make.merchant("Nordlicht"), listings=400)
    claims.claim(case=case, person=kim, at=NOON)
    decide(case, kim, *[V] * 399, F, also=Measure.WARN)
    case.refresh_from_db()
    assert case.state == CaseState.CLOSED
    assert [each.items.count() for each in Decision.objects.order_by("pk")] == [399, 399]
