"""What is owed: with which decisions, in which words, until when."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, InternalError, transaction

from enforcement.domain import decisions
from enforcement.domain.transparency import payloads, submissions
from enforcement.enums import SUBMISSION_MOVES, SubmissionState
from enforcement.language.transparency import check
from enforcement.models import Decision, TransparencySubmission
from enforcement.queries import transparency as queries
from governance.policies.enums import Measure
from governance.web.refusals import MoveRefused
from listings.models import TraderIdentity
from tests.enforcement.ground import Ground
from tests.factories import cases
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=1)
SEEN: dict[str, Any] = {
    "op": "condition",
    "held": True,
    "code": "mentions",
    "left": {"fact": "listing.text"},
    "right": {"value": "magnets", "names": {"en": "loose magnets"}},
}


def decided(ground: Ground, measure: Measure = Measure.REMOVE, **fields: Any) -> Decision:
    return ground.issue([ground.violation(ground.listing("Ball", **fields))], measure)


def test_a_removal_is_owed_as_the_database_wants_it(ground: Ground) -> None:
    decision = decided(ground, markets=("DE", "FR"), ean="4006381333931")
    row = TransparencySubmission.objects.get()
    assert (row.decision, row.state, row.environment, row.errors) == (decision, SubmissionState.OWED, "production", {})
    assert row.payload == {
        "puid": row.puid,
        "decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"],
        "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT",
        "illegal_content_legal_ground": "EN 71-1, 4.23",
        "illegal_content_explanation": "Strong loose magnets may not be sold as toys.\nThe facts stated above fulfil this rule.",
        "account_type": "ACCOUNT_TYPE_BUSINESS",
        "category": "STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS",
        "category_specification": ["KEYWORD_UNSAFE_PRODUCTS"],
        "content_type": ["CONTENT_TYPE_PRODUCT"],
        "content_date": "2026-11-23",
        "content_language": "EN",
        "content_id_ean": "4006381333931",
        "territorial_scope": ["DE", "FR"],
        "application_date": "2026-11-23",
        "decision_facts": row.payload["decision_facts"],
        "source_type": "SOURCE_VOLUNTARY",
        "automated_detection": "Yes",
        "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
    }
    assert "by automated means" in row.payload["decision_facts"]
    assert check(payloads.as_sent(row.payload)) == []


@pytest.mark.parametrize(
    ("measure", "field", "code"),
    [
        (Measure.AGE_GATE, "decision_visibility", ["DECISION_VISIBILITY_CONTENT_AGE_RESTRICTED"]),
        (Measure.RESTRICT_MARKETS, "decision_visibility", ["DECISION_VISIBILITY_CONTENT_DISABLED"]),
        (Measure.SUSPEND_LISTING_RIGHTS, "decision_provision", "DECISION_PROVISION_PARTIAL_SUSPENSION"),
    ],
)
def test_each_measure_has_its_kind(ground: Ground, measure: Measure, field: str, code: Any) -> None:
    violation = ground.violation(ground.listing("Ball"))
    ground.issue([violation], measure, markets=("DE",) if measure == Measure.RESTRICT_MARKETS else ())
    payload = TransparencySubmission.objects.get().payload
    assert payload[field] == code
    served = ["AT", "DE", "FR", "NL"]
    assert payload["territorial_scope"] == (served if measure == Measure.SUSPEND_LISTING_RIGHTS else ["DE"])


@pytest.mark.parametrize("measure", [Measure.WARN, Measure.REQUEST_CORRECTION])
def test_what_restricts_nothing_is_not_told(ground: Ground, measure: Measure) -> None:
    decided(ground, measure)
    assert not TransparencySubmission.objects.exists()
    assert submissions.owe_missing(at=LATER) == 0


def test_a_restriction_outside_the_area_is_not_told(ground: Ground) -> None:
    cases.market("GB")
    policy = cases.policy("british", jurisdictions=("GB",), measures=[Measure.REMOVE])
    violation = ground.violation(ground.listing("Ball", markets=("GB",)), policy)
    assert policy.live is not None
    ground.issue([violation], Measure.REMOVE, version=policy.live)
    assert not TransparencySubmission.objects.exists()
    assert not queries.missing(LATER).exists()


def test_the_end_of_a_restriction_is_told_as_far_as_the_database_counts(ground: Ground) -> None:
    for title, years, told in (("Ball", 1, True), ("Cube", 20, False)):
        violation = ground.violation(ground.listing(title))
        decision = ground.issue([violation], Measure.REMOVE, ends_at=NOON + timedelta(days=365 * years))
        payload = decision.submissions.get().payload
        assert ("end_date_visibility_restriction" in payload) is told


def test_several_listings_name_no_code_and_the_oldest_day(ground: Ground) -> None:
    old = ground.listing("Ball", ean="4006381333931", created_at=NOON - timedelta(days=40))
    new = ground.listing("Cube", ean="4006381333931", language="de")
    ground.issue([ground.violation(old), ground.violation(new)], Measure.REMOVE)
    payload = TransparencySubmission.objects.get().payload
    assert payload["content_date"] == "2026-10-14"
    assert not {"content_id_ean", "content_language"} & set(payload)
    assert "Listings concerned: 2." in payload["decision_facts"]


def test_a_code_with_a_wrong_check_digit_is_left_out(ground: Ground) -> None:
    decided(ground, ean="4006381333932")
    assert "content_id_ean" not in TransparencySubmission.objects.get().payload


def test_a_decision_about_the_merchant_is_one_about_an_account(ground: Ground) -> None:
    policy = ground.another_policy("traders", about_merchants=True)
    assert policy.live is not None
    ground.issue([ground.merchant_violation(policy)], Measure.SUSPEND_LISTING_RIGHTS, version=policy.live)
    payload = TransparencySubmission.objects.get().payload
    assert (payload["content_type"], payload["content_type_other"]) == (["CONTENT_TYPE_OTHER"], "Account of a seller")
    assert check(payload) == []


def test_nobody_is_named(ground: Ground) -> None:
    TraderIdentity.objects.create(
        merchant=ground.merchant,
        legal_name="Ann Nordlicht",
        address="Elbchaussee 1\n22763 Hamburg",
        phone="040 555 666",
        email="ann@seller.example",
    )
    words = "Nordlicht Spielwaren, Ann Nordlicht, ann@seller.example, 040 555 666, Elbchaussee 1, cubes"
    tree = SEEN | {"words": [words]}
    listing = ground.listing("A ball by Nordlicht Spielwaren")
    ground.issue([ground.violation(listing, explanation={"tree": tree})], Measure.REMOVE)
    row = TransparencySubmission.objects.get()
    said = str(row.payload | {"puid": "a random number, in which anything may stand"})
    for name in ("Nordlicht", "ann@", "555", "Elbchaussee", "Mona", "A ball", "trade@merchant.example"):
        assert name not in said
    assert "cubes" in row.payload["decision_facts"]
    assert row.state == SubmissionState.OWED


def test_what_was_undone_before_it_went_out_is_withdrawn_and_owed_nowhere(
    ground: Ground, settings: LazySettings
) -> None:
    decision = decided(ground)
    decisions.undo(decision=decision, actor=ground.mona, at=NOON)
    assert TransparencySubmission.objects.get().state == SubmissionState.WITHDRAWN
    assert submissions.owe_missing(at=LATER, everything=True) == 0
    settings.DSA_TDB = "sandbox"
    assert submissions.owe_missing(at=LATER) == 0


def test_a_reversal_leaves_what_is_owed_and_owes_nothing_new(ground: Ground) -> None:
    decision = decided(ground)
    decisions.reverse(decision=decision, actor=ground.sela, reason="Wrong.", at=LATER)
    assert TransparencySubmission.objects.get().state == SubmissionState.OWED


def test_a_decision_without_a_row_gets_one_and_only_one(ground: Ground, settings: LazySettings) -> None:
    decided(ground)
    settings.DSA_TDB = "sandbox"
    assert [submissions.owe_missing(at=LATER) for _ in range(2)] == [1, 0]
    rows = TransparencySubmission.objects.order_by("pk").values_list("environment", flat=True)
    assert list(rows) == ["production", "sandbox"]


def test_what_only_waits_to_come_into_force_is_not_owed(ground: Ground) -> None:
    decision = decided(ground)
    decision.state = "pending"
    assert submissions.owe(decision=decision, at=NOON) is None


def test_what_our_rules_refuse_is_kept_as_refused_and_holds_nothing_up(ground: Ground) -> None:
    decided(ground, created_at=NOON + timedelta(days=3))
    row = TransparencySubmission.objects.get()
    assert (row.state, list(row.errors)) == (SubmissionState.REFUSED, ["content_date"])
    with pytest.raises(submissions.StillRefused, match="content_date"):
        submissions.retry(submission=row, actor=ground.tilda, at=LATER)


def test_only_what_was_refused_is_tried_again(ground: Ground) -> None:
    decided(ground)
    row = TransparencySubmission.objects.get()
    with pytest.raises(MoveRefused):
        submissions.retry(submission=row, actor=ground.tilda, at=LATER)
    submissions.refused(row, errors={"category": ["No."]}, error="")
    submissions.retry(submission=row, actor=ground.tilda, at=LATER)
    row.refresh_from_db()
    assert (row.state, row.errors, row.next_try_at) == (SubmissionState.OWED, {}, LATER)


def test_what_was_accepted_is_fixed_and_nothing_is_deleted(ground: Ground) -> None:
    decided(ground)
    row = TransparencySubmission.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        TransparencySubmission.objects.all().delete()
    submissions.accepted(row, answer={"uuid": "u"}, at=LATER)
    with pytest.raises(InternalError), transaction.atomic():
        TransparencySubmission.objects.update(payload={})


@pytest.mark.parametrize(("was", "to"), list(product(SubmissionState, SubmissionState)))
def test_every_move_is_as_the_table_says(ground: Ground, was: SubmissionState, to: SubmissionState) -> None:
    decided(ground)
    sent = LATER if was == SubmissionState.SENT else None
    TransparencySubmission.objects.update(state=was, sent_at=sent)
    row = TransparencySubmission.objects.get()
    at = LATER if to == SubmissionState.SENT else None
    if to in SUBMISSION_MOVES[was]:
        submissions._move(row, to, at=at)
        assert TransparencySubmission.objects.get().state == to
    else:
        with pytest.raises(MoveRefused):
            submissions._move(row, to, at=at)
