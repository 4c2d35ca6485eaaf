"""The seed rules against the demo catalogue's planted truth."""

import datetime as dt

import pytest

from governance.policies.domain.seeds import seed_policies
from listings.management.demo import Catalogue, build
from listings.management.demo.planting import Plant
from listings.management.demo.sources import defects, merchant_defects
from tests.governance.policies.seeded import Hits, hits

MONDAY = dt.date(2026, 11, 23)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return build(seed=11, as_of=MONDAY, merchants=150, listings=2_500, days=60)


@pytest.fixture(scope="module")
def found(catalogue: Catalogue) -> Hits:
    return hits(catalogue)


def _truth(catalogue: Catalogue) -> Hits:
    return {(*key, policy) for key, policies in catalogue.truth.items() for policy in policies}


def test_there_are_defects_for_every_seed_policy_and_for_no_other() -> None:
    planted = {defect.policy for defect in defects()} | {defect.policy for defect in merchant_defects()}
    assert planted == {seed.slug for seed in seed_policies()}


def test_defects_are_planted_where_their_policy_applies() -> None:
    seeds = {seed.slug: seed for seed in seed_policies()}
    for defect in defects():
        seed = seeds[defect.policy]
        assert seed.jurisdictions == ("ALL",) or set(seed.jurisdictions) == defect.markets, defect.policy
        assert defect.since in (seed.terms.effective_from, dt.date.min), defect.policy


def test_what_is_not_forbidden_yet_is_not_in_the_truth(catalogue: Catalogue) -> None:
    early = [item for item in catalogue.planted if item.policy == "cyber-resilience" and item.plant.violates]
    assert early
    assert {policy for item in early for policy in item.policies} == set()


def test_precision_and_recall_are_good_and_not_perfect(catalogue: Catalogue, found: Hits) -> None:
    truth = _truth(catalogue)
    right = len(found & truth)
    assert 0.90 <= right / len(found) < 1
    assert 0.85 <= right / len(truth) < 1


def test_what_was_planted_in_plain_sight_is_found(catalogue: Catalogue, found: Hits) -> None:
    missed = [
        (item.policy, item.offer.wording.said)
        for item in catalogue.planted
        if item.plant is Plant.PLAIN
        and item.policy in item.policies
        and (item.offer.seller.id, item.offer.id, item.policy) not in found
    ]
    assert missed == []


def test_what_is_hidden_is_not_found_and_what_is_misread_is(catalogue: Catalogue, found: Hits) -> None:
    for item in catalogue.planted:
        hit = (item.offer.seller.id, item.offer.id, item.policy) in found
        if item.plant is Plant.HIDDEN:
            assert not hit, (item.policy, item.offer.wording.said)
        if item.plant is Plant.MISREAD:
            assert hit, (item.policy, item.offer.wording.said)


def test_hard_cases_are_not_taken_for_violations(catalogue: Catalogue, found: Hits) -> None:
    wrong = [
        (item.policy, item.offer.wording.said, item.offer.markets)
        for item in catalogue.planted
        if item.plant in (Plant.INNOCENT, Plant.ELSEWHERE)
        and (item.offer.seller.id, item.offer.id, item.policy) in found
    ]
    assert wrong == []


def test_offers_without_a_plant_are_proper(catalogue: Catalogue, found: Hits) -> None:
    planted = {(item.offer.seller.id, item.offer.id) for item in catalogue.planted}
    listings = {(merchant, listing, policy) for merchant, listing, policy in found if listing}
    assert {hit for hit in listings if hit[:2] not in planted} == set()
