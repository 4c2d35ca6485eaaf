"""Which moments a rule waits for."""

from datetime import timedelta

import pytest

from governance.policies.language.aging import Crossing
from tests.enforcement.engine.columns.generated import ENVIRONMENT

DAY = timedelta(days=1)
CERTIFICATES = "listing.certificates"


@pytest.mark.parametrize(
    ("source", "waits_for"),
    [
        ("listing.price > 5", []),
        ("listing.createdAt > now - days(7)", [("listing.createdAt", -7 * DAY)]),
        ("now - days(7) < listing.createdAt", [("listing.createdAt", -7 * DAY)]),
        ("now - listing.createdAt < days(7)", [("listing.createdAt", -7 * DAY)]),
        ("days(7) >= now - listing.createdAt", [("listing.createdAt", -7 * DAY)]),
        ("listing.attr.d1 - now < days(30)", [("listing.attr.d1", 30 * DAY)]),
        ("merchant.joinedAt + days(3) < now", [("merchant.joinedAt", -3 * DAY)]),
        ('listing.attr.d1 <= now + duration("36h")', [("listing.attr.d1", 1.5 * DAY)]),
        (
            'listing.certificateValid("CE", now)',
            [(f"{CERTIFICATES}.validFrom", 0 * DAY), (f"{CERTIFICATES}.validUntil", 0 * DAY)],
        ),
        (
            'merchant.certificates.filter(c, c.type == "CE").exists(c, c.validUntil < now + days(30))',
            [("merchant.certificates.validUntil", 30 * DAY)],
        ),
        ("listing.price > 5 && (has(listing.attr.d1) && listing.attr.d1 < now)", [("listing.attr.d1", 0 * DAY)]),
        ('listing.createdAt < timestamp("2026-01-01T00:00:00Z")', []),
    ],
)
def test_what_a_rule_compares_with_now_is_what_it_waits_for(
    source: str, waits_for: list[tuple[str, timedelta]]
) -> None:
    rule = ENVIRONMENT.compile(source)
    assert rule.crossings == frozenset(Crossing(path, offset) for path, offset in waits_for)


@pytest.mark.parametrize(
    "source",
    [
        "now.getFullYear() == 2026",
        'now > timestamp("2027-01-01T00:00:00Z")',
        "now - listing.createdAt < now - listing.updatedAt",
        'listing.certificateValid("CE", listing.price > 5 ? now : listing.createdAt)',
    ],
)
def test_of_other_rules_it_cannot_be_told(source: str) -> None:
    assert ENVIRONMENT.compile(source).crossings is None
