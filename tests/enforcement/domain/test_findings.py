"""The merge: what was found becomes open violations, once; what no longer holds closes; people's words are kept."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import orjson
import pytest

from enforcement.domain import findings
from enforcement.domain.findings import Finding, Looked, Merged
from enforcement.enums import ClosedBecause, Owed, SweepKind
from enforcement.models import Sweep, Violation
from governance.policies.enums import Mode, Subject
from governance.policies.models import Policy, Waiver
from listings.models import Listing, Merchant
from tests.factories.cases import NOON, listing, merchant, policy

pytestmark = pytest.mark.django_db


@pytest.fixture
def magnets() -> Policy:
    return policy("magnets")


@pytest.fixture
def acme() -> Merchant:
    return merchant("Acme")


@pytest.fixture
def cube(acme: Merchant) -> Listing:
    return listing(acme, "Magnet cube", brand="NeoBall", markets=["DE", "FR"])


@pytest.fixture
def sweep() -> Sweep:
    return Sweep.objects.create(kind=SweepKind.FULL, created_at=NOON)


def finding(of: Listing, against: Policy, mode: Mode = Mode.REVIEW) -> Finding:
    assert against.live_id is not None
    return Finding(
        against.pk, against.live_id, of.merchant_id, of.pk, of.version, ["DE", "FR"], b'{"held": true}', mode
    )


def merge(
    sweep: Sweep,
    found: Sequence[Finding],
    looked: Sequence[Listing],
    against: Policy,
    undecided: Sequence[tuple[int, int]] = (),
) -> Merged:
    return findings.merge(
        sweep_id=sweep.pk,
        subject=Subject.LISTINGS,
        found=found,
        undecided=undecided,
        looked=Looked.only([one.pk for one in looked]),
        policies=[against.pk],
        at=NOON,
    )


@pytest.mark.parametrize(
    ("mode", "owed"), [(Mode.ENFORCE, Owed.DECISION), (Mode.REVIEW, Owed.CASE), (Mode.SHADOW, Owed.NOTHING)]
)
def test_the_mode_says_what_is_owed(sweep: Sweep, magnets: Policy, cube: Listing, mode: Mode, owed: Owed) -> None:
    merged = merge(sweep, [finding(cube, magnets, mode)], [cube], magnets)
    violation = Violation.objects.get()
    assert (violation.owed, violation.markets, violation.listing_version) == (owed, ["DE", "FR"], 1)
    assert merged.new == {magnets.live_id: 1}


def test_the_same_findings_twice_make_one_violation(sweep: Sweep, magnets: Policy, cube: Listing) -> None:
    merge(sweep, [finding(cube, magnets)], [cube], magnets)
    first = Violation.objects.get()
    later = Sweep.objects.create(kind=SweepKind.FULL, created_at=NOON)
    again = merge(later, [finding(cube, magnets)], [cube], magnets)
    assert (again.new, again.closed) == ({}, {})
    assert (Violation.objects.get().pk, Violation.objects.get().found_by_id) == (first.pk, sweep.pk)


def test_what_no_longer_holds_is_closed_as_corrected(sweep: Sweep, magnets: Policy, cube: Listing) -> None:
    merge(sweep, [finding(cube, magnets)], [cube], magnets)
    merged = merge(sweep, [], [cube], magnets)
    violation = Violation.objects.get()
    assert (violation.state, violation.closed_because, violation.owed) == ("closed", "corrected", "nothing")
    assert merged.closed == {magnets.pk: 1}


def test_what_was_not_looked_at_stays_open(sweep: Sweep, magnets: Policy, cube: Listing, acme: Merchant) -> None:
    merge(sweep, [finding(cube, magnets)], [cube], magnets)
    merge(sweep, [], [listing(acme, "Another")], magnets)
    assert Violation.objects.get().state == "open"


def test_what_cannot_be_decided_any_more_stays_open(sweep: Sweep, magnets: Policy, cube: Listing) -> None:
    merge(sweep, [finding(cube, magnets)], [cube], magnets)
    merge(sweep, [], [cube], magnets, undecided=[(magnets.pk, cube.pk)])
    assert Violation.objects.get().state == "open"


@pytest.mark.parametrize("word", [ClosedBecause.DISMISSED, ClosedBecause.OVERTURNED])
def test_a_persons_word_holds_for_this_version_only(
    sweep: Sweep, magnets: Policy, cube: Listing, word: ClosedBecause
) -> None:
    merge(sweep, [finding(cube, magnets)], [cube], magnets)
    Violation.objects.update(state="closed", closed_because=word, closed_at=NOON, owed=Owed.NOTHING)
    merged = merge(sweep, [finding(cube, magnets)], [cube], magnets)
    assert (merged.settled, merged.new) == ({magnets.live_id: 1}, {})
    changed = replace(finding(cube, magnets), listing_version=2)
    assert merge(sweep, [changed], [cube], magnets).new == {magnets.live_id: 1}


def test_what_was_corrected_once_is_found_again(sweep: Sweep, magnets: Policy, cube: Listing) -> None:
    merge(sweep, [finding(cube, magnets)], [cube], magnets)
    merge(sweep, [], [cube], magnets)
    assert merge(sweep, [finding(cube, magnets)], [cube], magnets).new == {magnets.live_id: 1}
    assert Violation.objects.count() == 2


@pytest.mark.parametrize("kind", ["merchant", "listing", "brand"])
def test_a_waiver_leaves_its_subject_alone_and_closes_what_was_open(
    sweep: Sweep, magnets: Policy, cube: Listing, kind: str
) -> None:
    merge(sweep, [finding(cube, magnets)], [cube], magnets)
    subject: dict[str, dict[str, Any]] = {
        "merchant": {"merchant": cube.merchant},
        "listing": {"listing": cube},
        "brand": {"brand": "NEOBALL"},
    }
    waiver = Waiver(
        policy=magnets,
        owner=magnets.owner,
        reason="laboratory",
        proof="seen",
        starts_on=date(2026, 11, 1),
        ends_on=date(2026, 11, 23),
        created_at=NOON,
        **subject[kind],
    )
    waiver.save()
    merged = merge(sweep, [finding(cube, magnets)], [cube], magnets)
    assert (merged.waived, merged.new) == ({magnets.live_id: 1}, {})
    assert Violation.objects.get().closed_because == ClosedBecause.WAIVED


@pytest.mark.parametrize("how", ["ended", "revoked", "not yet"])
def test_a_waiver_that_does_not_hold_protects_nobody(sweep: Sweep, magnets: Policy, cube: Listing, how: str) -> None:
    Waiver.objects.create(
        policy=magnets,
        listing=cube,
        owner=magnets.owner,
        reason="laboratory",
        proof="seen",
        starts_on=date(2026, 11, 24) if how == "not yet" else date(2026, 11, 1),
        ends_on=date(2026, 11, 22) if how == "ended" else date(2026, 12, 1),
        revoked_at=NOON - timedelta(days=1) if how == "revoked" else None,
        created_at=NOON,
    )
    assert merge(sweep, [finding(cube, magnets)], [cube], magnets).new == {magnets.live_id: 1}


def test_leaving_the_shadow_owes_what_the_new_mode_owes(sweep: Sweep, magnets: Policy, cube: Listing) -> None:
    merge(sweep, [finding(cube, magnets, Mode.SHADOW)], [cube], magnets)
    merge(sweep, [finding(cube, magnets, Mode.ENFORCE)], [cube], magnets)
    assert (Violation.objects.get().owed, Violation.objects.get().mode) == (Owed.DECISION, Mode.ENFORCE)


def test_an_open_case_is_not_asked_for_twice(sweep: Sweep, magnets: Policy, cube: Listing) -> None:
    merge(sweep, [finding(cube, magnets)], [cube], magnets)
    Violation.objects.update(owed=Owed.NOTHING)
    merge(sweep, [finding(cube, magnets)], [cube], magnets)
    assert Violation.objects.get().owed == Owed.NOTHING


def test_merchants_are_subjects_of_their_own(sweep: Sweep, magnets: Policy, acme: Merchant, cube: Listing) -> None:
    found = Finding(magnets.pk, magnets.live_id or 0, acme.pk, None, None, ["DE"], b"{}", Mode.REVIEW)

    def merchants(what: list[Finding]) -> Merged:
        return findings.merge(
            sweep_id=sweep.pk,
            subject=Subject.MERCHANTS,
            found=what,
            undecided=[],
            looked=Looked.only([acme.pk]),
            policies=[magnets.pk],
            at=NOON,
        )

    assert merchants([found]).new == {magnets.live_id: 1}
    assert merchants([found]).new == {}
    assert merchants([]).closed == {magnets.pk: 1}


def test_hostile_text_survives_the_copy(sweep: Sweep, magnets: Policy, cube: Listing) -> None:
    words = "a \"b\", \\N\n\t'c' {d} \u202e قطعة"
    merge(sweep, [replace(finding(cube, magnets), explanation=orjson.dumps({"seen": words}))], [cube], magnets)
    assert Violation.objects.get().explanation == {"seen": words}
