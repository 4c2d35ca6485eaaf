"""Linked merchants as pages show them: a ring of seven tied by mixed kinds, one of them terminated, and a pair apart."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from django.utils import timezone

from investigations.domain import link_risk
from listings.enums import LinkKind
from listings.models import Merchant, MerchantLink, TraderIdentity
from tests.factories import cases as make

NAMES = (
    "Nordlicht Spielwaren", "Casa Serena", "Kestrel & Sons Trading", "متجر النجمة", "Petit Bateau Rouge", "Baltic Goods", "Fjord Outlet",
)  # fmt: skip
KINDS = (
    (LinkKind.BANK_ACCOUNT, 0.95), (LinkKind.ADDRESS, 0.6), (LinkKind.PHONE, 0.75), (LinkKind.DEVICE, 0.75),
    (LinkKind.IMAGE, 0.5), (LinkKind.EMAIL_DOMAIN, 0.7),
)  # fmt: skip


def link(one: Merchant, other: Merchant, kind: LinkKind, strength: float) -> MerchantLink:
    first, second = sorted((one, other), key=lambda merchant: merchant.pk)
    found_at = timezone.now() - timedelta(days=12)
    return MerchantLink.objects.create(first=first, second=second, kind=kind, strength=strength, found_at=found_at)


def ring() -> list[Merchant]:
    """Each tied to the next; the first, terminated in May, to the last by a name; the second and fourth by texts."""
    now = timezone.now()
    members = [make.merchant(name, external_id=f"m-{number}") for number, name in enumerate(NAMES)]
    Merchant.objects.filter(pk=members[0].pk).update(terminated_at=now - timedelta(days=200))
    Merchant.objects.filter(pk=members[4].pk).update(listing_rights_suspended_at=now - timedelta(days=3))
    for (one, other), (kind, strength) in zip(pairwise(members), KINDS, strict=True):
        link(one, other, kind, strength)
    link(members[0], members[6], LinkKind.NAME, 0.2)
    link(members[1], members[3], LinkKind.TEXT, 0.5)
    link(members[1], members[2], LinkKind.NAME, 0.2)
    for number in (1, 2):
        TraderIdentity.objects.create(
            merchant=members[number], address="Hauptstraße 5, 10115 Berlin", phone="030 1234567"
        )
    apart = [make.merchant(name) for name in ("Alpenglow", "Alpine Glow")]
    link(apart[0], apart[1], LinkKind.DEVICE, 0.75)
    link_risk.reckon(at=now)
    return [Merchant.objects.get(pk=each.pk) for each in [*members, *apart]]


def star(
    count: int, *, center: Merchant, kinds: Sequence[LinkKind] = (LinkKind.ADDRESS, LinkKind.PHONE)
) -> list[Merchant]:
    """So many merchants around one."""
    now = timezone.now()
    rows = Merchant.objects.bulk_create(
        [
            Merchant(external_id=f"s-{n}", name=f"Satellite {n:03d}", country="DE", created_at=now, changed_at=now)
            for n in range(count)
        ]
    )
    MerchantLink.objects.bulk_create(
        [
            MerchantLink(
                first=center, second=row, kind=kinds[n % len(kinds)], strength=0.4 + n % 50 / 100, found_at=now
            )
            for n, row in enumerate(rows)
        ]
    )
    link_risk.reckon(at=now)
    return rows
