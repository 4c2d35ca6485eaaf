"""What merchants' risk starts from, what is written, and that a second reckoning writes nothing."""

from datetime import timedelta
from typing import Any

import pytest

from enforcement.enums import Automation, Origin, PointKind
from enforcement.models import Decision, PointEntry
from governance.policies.enums import Measure, Severity
from investigations.domain import link_risk
from investigations.models import Case, LinkGroup, LinkRisk
from listings.enums import LinkKind
from listings.models import Merchant, MerchantLink
from tests.factories import cases as make
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def link(
    first: Merchant, second: Merchant, kind: LinkKind = LinkKind.BANK_ACCOUNT, strength: float = 0.9
) -> MerchantLink:
    return MerchantLink.objects.create(first=first, second=second, kind=kind, strength=strength, found_at=NOON)


def trio() -> list[Merchant]:
    """Anna is terminated; Berta shares an account with her, Carla an address and a name with Berta."""
    anna = make.merchant("Anna", terminated_at=NOON)
    berta, carla = make.merchant("Berta"), make.merchant("Carla")
    link(anna, berta)
    link(berta, carla, LinkKind.ADDRESS, 0.6)
    link(berta, carla, LinkKind.NAME, 0.2)
    return [anna, berta, carla]


def risk(merchant: Merchant) -> LinkRisk:
    return LinkRisk.objects.get(pk=merchant.pk)


def test_a_terminated_merchants_risk_spreads_and_says_from_where() -> None:
    anna, berta, carla = trio()
    done = link_risk.reckon(at=NOON)

    assert done == link_risk.Reckoned(merchants=3, groups=1, written=4)
    assert (risk(anna).own, risk(anna).because["reason"]) == (1.0, "terminated")
    assert risk(berta).risk == 0.72  # 1 × 0.9 × 0.8
    # address and name: 1 − 0.4 × 0.8 = 0.68; 0.72 × 0.68 × 0.8
    assert risk(carla).risk == 0.3917
    assert risk(carla).sources == [
        {"value": 0.3917, "path": [carla.pk, berta.pk, anna.pk], "kinds": ["address", "bank_account"]}
    ]


def test_the_group_says_what_holds_it_together() -> None:
    anna, berta, carla = trio()
    link_risk.reckon(at=NOON)
    group = LinkGroup.objects.get()
    assert (group.first, group.hub, group.size, group.stopped) == (anna, berta, 3, 1)
    assert group.risk == 0.72  # Berta's: Anna sells no more
    assert group.kinds == {"address": 1, "bank_account": 1, "name": 1}
    assert {each.merchant for each in group.members.all()} == {anna, berta, carla}


def test_twice_is_once() -> None:
    trio()
    link_risk.reckon(at=NOON)
    done = link_risk.reckon(at=NOON)
    assert done is not None
    assert done.written == 0


def test_what_ends_goes() -> None:
    _anna, berta, _carla = trio()
    link_risk.reckon(at=NOON)
    MerchantLink.objects.filter(first=berta).update(ended_at=NOON)
    link_risk.reckon(at=NOON)
    assert LinkGroup.objects.get().size == 2
    assert LinkRisk.objects.count() == 2

    MerchantLink.objects.update(ended_at=NOON)
    Merchant.objects.update(terminated_at=None)
    link_risk.reckon(at=NOON)
    assert not LinkGroup.objects.exists()
    assert not LinkRisk.objects.exists()


@pytest.mark.parametrize(
    ("fields", "own", "reason"),
    [
        ({"suspended_at": NOON}, 0.9, "suspended"),
        ({"listing_rights_suspended_at": NOON}, 0.6, "rights"),
        ({"suspended_at": NOON, "terminated_at": NOON}, 1.0, "terminated"),
        ({"payouts_withheld_at": NOON}, None, ""),
    ],
)
def test_what_was_taken_from_a_merchant_is_a_risk(fields: dict[str, Any], own: float | None, reason: str) -> None:
    merchant = make.merchant("Anna", **fields)
    link_risk.reckon(at=NOON)
    found = LinkRisk.objects.filter(pk=merchant.pk).first()
    assert (found.own if found else None) == own
    assert (found.because["reason"] if found else "") == reason


@pytest.mark.parametrize(("severity", "own"), [(Severity.CRITICAL, 0.5), (Severity.SERIOUS, None)])
def test_an_open_critical_case_is_a_risk_until_it_closes(severity: Severity, own: float | None) -> None:
    make.market("DE")
    case = make.case(make.policy("magnets", severity=severity), make.merchant("Anna"))
    link_risk.reckon(at=NOON)
    assert list(LinkRisk.objects.values_list("own", flat=True)) == ([own] if own else [])

    Case.objects.filter(pk=case.pk).update(state="closed", closed_at=NOON, outcome="no_violation")
    link_risk.reckon(at=NOON)
    assert not LinkRisk.objects.exists()


@pytest.mark.parametrize(("points", "own"), [(6, 0.25), (12, 0.5), (40, 0.5)])
def test_points_are_a_risk_until_they_lapse(points: int, own: float) -> None:
    merchant = make.merchant("Anna")
    version = make.policy("magnets").live
    assert version is not None
    decision = Decision.objects.create(
        reference="SR-1", merchant=merchant, version=version, measure=Measure.WARN, automated_detection=True,
        automation=Automation.FULL, origin_kind=Origin.SWEEP, origin_ref="1", decided_at=NOON, starts_at=NOON,
    )  # fmt: skip
    PointEntry.objects.create(
        merchant=merchant, decision=decision, kind=PointKind.GIVEN, points=points, entered_at=NOON, lapses_at=NOON + DAY
    )
    link_risk.reckon(at=NOON)
    assert risk(merchant).own == own
    link_risk.reckon(at=NOON + 2 * DAY)
    assert not LinkRisk.objects.exists()
