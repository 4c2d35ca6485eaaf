from datetime import timedelta

import pytest

from enforcement.domain import decisions
from enforcement.enums import ClosedBecause, DecisionState, MessageState, Origin, Owed, ViolationState
from enforcement.models import Decision, Message, Restriction, Violation
from enforcement.queries import points
from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.audit.models import Entry
from governance.policies.enums import Measure
from governance.web.refusals import Refusal
from investigations.domain import cases, claims, opening, shift
from investigations.domain.cases import MeasureMissing, TooLateToUndo, VerdictMissing
from investigations.domain.claims import CLAIM_LASTS, ClaimLost
from investigations.enums import CaseOutcome, CaseState, ClaimEnd, Verdict
from investigations.models import Case, CaseDecision, CaseItem, Claim
from listings.enums import Exposure
from listings.queries.visibility import exposures
from tests.factories import cases as make
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=3)
SOON_AFTER = LATER + timedelta(seconds=8)
TOO_LATE = LATER + timedelta(seconds=30)
V, F, U = Verdict.VIOLATES, Verdict.FINE, Verdict.UNSURE


@pytest.fixture
def kim() -> User:
    return make.person("kim", Role.MODERATOR)


@pytest.fixture
def lee() -> User:
    return make.person("lee", Role.MODERATOR)


@pytest.fixture
def case() -> Case:
    for code in ("DE", "FR", "AT"):
        make.market(code)
    return make.case(make.policy("magnets"), make.merchant("Nordlicht"), listings=3, markets=("DE", "FR"))


def verdicts(case: Case, *given: Verdict) -> dict[int, Verdict]:
    keys = case.items.filter(settled_at__isnull=True).order_by("pk").values_list("pk", flat=True)
    return dict(zip(keys, given, strict=False))


def decide(case: Case, actor: User, *given: Verdict, **changes: object) -> CaseDecision | None:
    words = {
        "measure": Measure.REMOVE,
        "markets": ["DE"],
        "actor": actor,
        "reason": "The marked words leave no doubt",
        "at": LATER,
    }
    return cases.decide(case=case, verdicts=verdicts(case, *given), **(words | changes))  # type: ignore[arg-type]


def test_what_violates_is_decided_and_what_is_fine_dismissed(kim: User, case: Case) -> None:
    claims.claim(case=case, person=kim, at=NOON)

    ruling = decide(case, kim, V, V, F, fine_reason="The magnets are welded in")

    assert ruling is not None
    case.refresh_from_db()
    assert (case.state, case.outcome, case.closed_at) == (CaseState.CLOSED, CaseOutcome.DECIDED, LATER)
    decision = Decision.objects.get()
    assert ruling.decision == decision
    assert (decision.measure, decision.markets, decision.decided_by) == (Measure.REMOVE, ["DE"], kim)
    assert (decision.origin_kind, decision.origin_ref) == (Origin.CASE, str(case))
    assert ruling.handling_seconds == 180
    assert list(case.items.order_by("pk").values_list("verdict", "settled_at", "settled_by")) == [
        (V, LATER, ruling.pk),
        (V, LATER, ruling.pk),
        (F, LATER, ruling.pk),
    ]
    dismissed = Violation.objects.get(closed_because=ClosedBecause.DISMISSED)
    assert dismissed.listing is not None
    assert dismissed.listing.title == "Magnet cube 3"
    logged = Entry.objects.get(verb="violation.dismissed")
    assert logged.data["reason"] == "The magnets are welded in"
    removed = case.items.order_by("pk")[0].listing
    assert removed is not None
    assert {market: seen.exposure for market, seen in exposures(removed).items()} == {
        "DE": Exposure.HIDDEN,
        "FR": Exposure.SHOWN,
    }
    assert Claim.objects.get().ended_as == ClaimEnd.DECIDED


def test_all_fine_is_no_violation_and_no_decision(kim: User, case: Case) -> None:
    claims.claim(case=case, person=kim, at=NOON)

    ruling = decide(case, kim, F, F, F, measure=None)

    case.refresh_from_db()
    assert (case.state, case.outcome) == (CaseState.CLOSED, CaseOutcome.NO_VIOLATION)
    assert ruling is not None
    assert ruling.decision is None
    assert not Decision.objects.exists()


def test_what_is_unsure_stays_for_a_senior(kim: User, case: Case) -> None:
    sana = make.person("sana", Role.SENIOR_REVIEWER)
    claims.claim(case=case, person=kim, at=NOON)

    decide(case, kim, V, U, F)

    case.refresh_from_db()
    assert (case.state, case.outcome) == (CaseState.HELD, "")
    waiting = case.items.get(settled_at__isnull=True)
    assert waiting.verdict == U
    assert claims.claim_next(person=sana, held=True, at=LATER) == case
    decide(case, sana, F, at=LATER + timedelta(minutes=1))
    case.refresh_from_db()
    assert (case.state, case.outcome) == (CaseState.CLOSED, CaseOutcome.DECIDED)


def test_only_unsure_decides_nothing(kim: User, case: Case) -> None:
    claims.claim(case=case, person=kim, at=NOON)

    assert decide(case, kim, U, U, U, measure=None) is None

    case.refresh_from_db()
    assert case.state == CaseState.HELD
    assert not CaseDecision.objects.exists()


def test_a_missing_verdict_is_refused_and_nothing_is_written(kim: User, case: Case) -> None:
    claims.claim(case=case, person=kim, at=NOON)

    with pytest.raises(VerdictMissing, match="1 listing has no verdict yet") as refusal:
        decide(case, kim, V, F)

    assert refusal.value.items == [case.items.order_by("pk").last().pk]  # type: ignore[union-attr]
    assert not Decision.objects.exists()
    assert set(case.items.values_list("verdict", flat=True)) == {""}
    case.refresh_from_db()
    assert case.state == CaseState.IN_REVIEW


def test_a_violation_without_a_measure_is_refused(kim: User, case: Case) -> None:
    claims.claim(case=case, person=kim, at=NOON)
    with pytest.raises(MeasureMissing):
        decide(case, kim, V, V, V, measure=None)


def test_a_measure_that_the_policy_does_not_permit_is_refused_and_nothing_is_written(kim: User, case: Case) -> None:
    claims.claim(case=case, person=kim, at=NOON)

    with pytest.raises(Refusal, match="does not permit"):
        decide(case, kim, V, V, F, measure=Measure.AGE_GATE)

    assert not Violation.objects.filter(state=ViolationState.CLOSED).exists()
    case.refresh_from_db()
    assert case.state == CaseState.IN_REVIEW


@pytest.mark.parametrize("moment", [LATER, NOON + CLAIM_LASTS])
def test_only_the_holder_of_a_running_claim_decides(moment: object, kim: User, lee: User, case: Case) -> None:
    claims.claim(case=case, person=kim, at=NOON)
    somebody = lee if moment == LATER else kim

    with pytest.raises(ClaimLost):
        decide(case, somebody, V, V, V, at=moment)

    assert not Decision.objects.exists()


def test_a_case_that_nobody_took_cannot_be_decided(kim: User, case: Case) -> None:
    with pytest.raises(ClaimLost, match="Take it again; what you entered is still here"):
        decide(case, kim, V, V, V)


def test_a_closed_case_cannot_be_decided_again(kim: User, case: Case) -> None:
    claims.claim(case=case, person=kim, at=NOON)
    decide(case, kim, F, F, F, measure=None)
    with pytest.raises(ClaimLost):
        decide(case, kim, V, V, V)


def test_what_came_after_the_claim_goes_back_to_the_queue(kim: User, lee: User, case: Case) -> None:
    claims.claim(case=case, person=kim, at=NOON)
    assert case.policy is not None
    make.violation(make.listing(case.merchant, "Late", markets=("DE",)), case.policy)
    opening.open_owed(at=NOON + timedelta(minutes=1))

    decide(case, kim, V, V, V)

    case.refresh_from_db()
    assert case.state == CaseState.OPEN
    waiting = case.items.get(settled_at__isnull=True)
    assert waiting.listing is not None
    assert waiting.listing.title == "Late"
    assert claims.claim_next(person=kim, at=LATER) is None
    assert claims.claim_next(person=lee, at=LATER) == case


def test_a_listing_corrected_while_it_was_read_is_left_out(kim: User, case: Case) -> None:
    claims.claim(case=case, person=kim, at=NOON)
    corrected = case.items.order_by("pk")[0].violation
    assert corrected is not None
    Violation.objects.filter(pk=corrected.pk).update(
        state=ViolationState.CLOSED, closed_at=NOON, closed_because=ClosedBecause.CORRECTED
    )

    ruling = decide(case, kim, V, V, V)

    assert ruling is not None
    assert ruling.decision is not None
    assert ruling.decision.items.count() == 2
    item = CaseItem.objects.get(violation=corrected)
    assert (item.verdict, item.settled_at, item.settled_by) == ("", LATER, None)
    case.refresh_from_db()
    assert case.state == CaseState.CLOSED


def test_malformed_listings_do_not_block_a_decision(kim: User) -> None:
    make.market("DE")
    nordlicht, magnets = make.merchant("Nordlicht"), make.policy("magnets")
    broken = make.listing(
        nordlicht, "", markets=("DE",), language="??", price_minor=None, currency="", description="\u202e" * 50
    )
    make.violation(broken, magnets, explanation={"form": 99, "tree": {}, "matches": [{"zone": "title", "text": None}]})
    opening.open_owed(at=NOON)
    case = Case.objects.get()
    claims.claim(case=case, person=kim, at=NOON)

    assert decide(case, kim, V) is not None


# --- undo --------------------------------------------------------------------------------------


def test_undo_gives_the_case_back_as_it_was(kim: User, case: Case) -> None:
    claims.claim(case=case, person=kim, at=NOON)
    ruling = decide(case, kim, V, V, F)
    assert ruling is not None

    cases.undo_decision(ruling=ruling, actor=kim, at=SOON_AFTER)

    case.refresh_from_db()
    assert (case.state, case.outcome, case.closed_at) == (CaseState.IN_REVIEW, "", None)
    assert list(case.items.order_by("pk").values_list("verdict", flat=True)) == [V, V, F]
    assert set(case.items.values_list("settled_at", "settled_by")) == {(None, None)}
    assert set(Violation.objects.values_list("state", "owed")) == {(ViolationState.OPEN, Owed.NOTHING)}
    assert Decision.objects.get().state == DecisionState.REVERSED
    assert not Restriction.objects.filter(lifted_at__isnull=True).exists()
    assert points.balance(case.merchant_id, SOON_AFTER) == 0
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.WITHDRAWN}
    listing = case.items.order_by("pk")[0].listing
    assert listing is not None
    assert {seen.exposure for seen in exposures(listing).values()} == {Exposure.SHOWN}
    held = Claim.objects.get(ended_at__isnull=True)
    assert (held.case, held.person) == (case, kim)
    assert Entry.objects.filter(verb="case.decision_undone", subject_id=case.pk).count() == 1


def test_after_an_undo_the_case_can_be_decided_again(kim: User, case: Case) -> None:
    claims.claim(case=case, person=kim, at=NOON)
    ruling = decide(case, kim, V, V, V)
    assert ruling is not None
    cases.undo_decision(ruling=ruling, actor=kim, at=SOON_AFTER)

    again = decide(case, kim, V, V, V, measure=Measure.WARN, markets=[], at=SOON_AFTER)

    assert again is not None
    assert again.decision is not None
    assert again.decision.state == DecisionState.IN_FORCE
    assert points.balance(case.merchant_id, SOON_AFTER) == again.decision.points


def test_undo_gives_up_the_next_case(kim: User, case: Case) -> None:
    other = make.case(make.policy("cords"), case.merchant)
    claims.claim(case=case, person=kim, at=NOON)
    step = shift.decide(
        case=case,
        verdicts=verdicts(case, V, V, V),
        measure=Measure.REMOVE,
        markets=[],
        minimum_age=None,
        actor=kim,
        reason="because",
        fine_reason="",
        at=LATER,
    )
    assert step.next == other
    assert step.ruling is not None

    cases.undo_decision(ruling=step.ruling, actor=kim, at=SOON_AFTER)

    other.refresh_from_db()
    assert other.state == CaseState.OPEN
    assert Claim.objects.get(case=other).ended_as == ClaimEnd.RELEASED
    assert Claim.objects.get(ended_at__isnull=True).case == case


def test_undo_after_the_ten_seconds_is_refused(kim: User, case: Case) -> None:
    claims.claim(case=case, person=kim, at=NOON)
    ruling = decide(case, kim, V, V, F)
    assert ruling is not None

    with pytest.raises(TooLateToUndo, match="The ten seconds are over"):
        cases.undo_decision(ruling=ruling, actor=kim, at=TOO_LATE)

    case.refresh_from_db()
    assert case.state == CaseState.CLOSED


def test_undo_is_the_deciders_alone_and_once(kim: User, lee: User, case: Case) -> None:
    claims.claim(case=case, person=kim, at=NOON)
    ruling = decide(case, kim, F, F, F, measure=None)
    assert ruling is not None

    with pytest.raises(TooLateToUndo, match="Only the person who decided"):
        cases.undo_decision(ruling=ruling, actor=lee, at=SOON_AFTER)
    cases.undo_decision(ruling=ruling, actor=kim, at=SOON_AFTER)
    with pytest.raises(TooLateToUndo, match="undone already"):
        cases.undo_decision(ruling=ruling, actor=kim, at=SOON_AFTER)


def test_undo_leaves_alone_what_a_senior_has_taken(kim: User, case: Case) -> None:
    sana = make.person("sana", Role.SENIOR_REVIEWER)
    claims.claim(case=case, person=kim, at=NOON)
    ruling = decide(case, kim, V, V, U)
    assert ruling is not None
    claims.claim(case=case, person=sana, at=LATER)

    with pytest.raises(TooLateToUndo, match="Somebody has taken"):
        cases.undo_decision(ruling=ruling, actor=kim, at=SOON_AFTER)


def test_the_undo_ends_before_the_message_goes_out(kim: User, case: Case) -> None:
    claims.claim(case=case, person=kim, at=NOON)
    decide(case, kim, V, V, V)

    assert Message.objects.get().next_try_at >= LATER + decisions.UNDO_WINDOW


# --- corrected meanwhile -------------------------------------------------------------------------


def close(violations: object, because: ClosedBecause = ClosedBecause.CORRECTED) -> None:
    Violation.objects.filter(pk__in=violations).update(  # type: ignore[misc]
        state=ViolationState.CLOSED, closed_at=NOON, closed_because=because, owed=Owed.NOTHING
    )


def test_a_case_in_which_nothing_is_left_closes_as_resolved(case: Case) -> None:
    ids = list(case.items.values_list("violation", flat=True))
    close(ids)

    assert cases.settle_corrected(at=LATER, violation_ids=ids) == 3
    assert cases.settle_corrected(at=LATER) == 0

    case.refresh_from_db()
    assert (case.state, case.outcome) == (CaseState.CLOSED, CaseOutcome.RESOLVED)


def test_what_is_left_keeps_the_case_alive(case: Case) -> None:
    first = case.items.order_by("pk")[0]
    close([first.violation_id])

    cases.settle_corrected(at=LATER)

    case.refresh_from_db()
    first.refresh_from_db()
    assert case.state == CaseState.OPEN
    assert (first.settled_at, first.settled_by, first.verdict) == (LATER, None, "")


def test_a_case_that_is_being_read_closes_too_and_its_claim_ends(kim: User, case: Case) -> None:
    claims.claim(case=case, person=kim, at=NOON)
    close(case.items.values_list("violation", flat=True))

    cases.settle_corrected(at=LATER)

    case.refresh_from_db()
    assert case.state == CaseState.CLOSED
    assert Claim.objects.get().ended_as == ClaimEnd.RESOLVED


def test_what_was_decided_before_says_how_the_case_ended(kim: User, case: Case) -> None:
    claims.claim(case=case, person=kim, at=NOON)
    decide(case, kim, V, V, U)
    close(case.items.filter(settled_at__isnull=True).values_list("violation", flat=True))

    cases.settle_corrected(at=LATER)

    case.refresh_from_db()
    assert (case.state, case.outcome) == (CaseState.CLOSED, CaseOutcome.DECIDED)


def test_a_violation_that_owes_a_case_again_comes_back(kim: User, case: Case) -> None:
    """The time to correct has run out: the same violation needs a person again, in a case of its own."""
    claims.claim(case=case, person=kim, at=NOON)
    decide(case, kim, V, V, V, measure=Measure.REQUEST_CORRECTION)
    Violation.objects.update(owed=Owed.CASE)

    opening.open_owed(at=LATER)

    again = Case.objects.exclude(pk=case.pk).get()
    assert again.state == CaseState.OPEN
    assert again.items.count() == 3


def test_a_closed_case_is_left_alone_and_a_new_one_opens() -> None:
    magnets, nordlicht = make.policy("magnets"), make.merchant("Nordlicht")
    first = make.case(magnets, nordlicht)
    Violation.objects.update(state="closed", closed_at=NOON, closed_because="corrected", owed="nothing")
    cases.settle_corrected(at=NOON)
    make.violation(make.listing(nordlicht, "Another"), magnets)

    opening.open_owed(at=NOON)

    first.refresh_from_db()
    assert first.state == CaseState.CLOSED
    assert Case.objects.filter(state=CaseState.OPEN).count() == 1
