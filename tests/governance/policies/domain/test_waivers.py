"""Waivers: granted for exactly one subject, bounded, revoked once."""

from datetime import date

import pytest

from governance.accounts.enums import Role
from governance.policies.domain import waivers
from governance.policies.models import Waiver
from governance.web.refusals import MoveRefused, Refusal
from listings.models import Listing, Merchant
from tests.factories.cases import NOON, listing, merchant, person, policy

pytestmark = pytest.mark.django_db

TODAY, NEXT_YEAR = date(2026, 11, 23), date(2027, 11, 23)


def grant(
    subject: Merchant | Listing | str, *, ends_on: date = NEXT_YEAR, proof: str = "report 7, 2026-10-01"
) -> Waiver:
    return waivers.grant(
        policy=policy("magnets"),
        subject=subject,
        reason="laboratory sets",
        proof=proof,
        starts_on=TODAY,
        ends_on=ends_on,
        actor=person("manager", Role.GOVERNANCE_MANAGER),
        at=NOON,
    )


def test_a_waiver_is_for_a_merchant_a_listing_or_a_brand() -> None:
    acme = merchant("Acme")
    granted = grant(acme)
    assert (granted.merchant, granted.listing, granted.brand) == (acme, None, "")


def test_a_waiver_for_a_listing() -> None:
    lab_set = listing(merchant("Acme"), "Lab set")
    granted = grant(lab_set)
    assert (granted.merchant, granted.listing, granted.brand) == (None, lab_set, "")


def test_a_waiver_for_a_brand() -> None:
    granted = grant("Neoball")
    assert (granted.merchant, granted.listing, granted.brand) == (None, None, "Neoball")


@pytest.mark.parametrize(
    ("ends_on", "proof"), [(date(2026, 11, 22), "seen"), (date(2028, 1, 1), "seen"), (NEXT_YEAR, " ")]
)
def test_what_does_not_hold_is_not_granted(ends_on: date, proof: str) -> None:
    with pytest.raises(Refusal):
        grant("Neoball", ends_on=ends_on, proof=proof)
    assert Waiver.objects.count() == 0


def test_a_waiver_is_revoked_once() -> None:
    granted = grant("Neoball")
    assert waivers.revoke(waiver=granted, actor=granted.owner, reason="proof was false", at=NOON).revoked_at == NOON
    with pytest.raises(MoveRefused):
        waivers.revoke(waiver=granted, actor=granted.owner, reason="again", at=NOON)
