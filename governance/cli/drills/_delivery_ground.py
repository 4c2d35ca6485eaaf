"""Merchants, listings and one policy that removes; decisions about them, each taken back before the listing's next one."""

from datetime import datetime

from django.utils import timezone

from enforcement.domain import decisions, webhooks
from enforcement.enums import Origin
from enforcement.models import Decision
from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.cli.drills import _check_ground as toys
from governance.policies.enums import Measure
from governance.policies.models import PolicyVersion
from listings.domain import merchants, reference
from listings.domain.merchants import MerchantDraft
from listings.models import Listing, Merchant

EACH = 3
"""Decisions of one listing, one after the other."""
MERCHANTS = 50


def make(*, decision_count: int, url: str) -> str:
    """Fill an empty database and add the endpoint; returns its secret."""
    at = timezone.now()
    reference.load_all(actor=None, at=at)
    author, approver = toys._person("author", Role.GOVERNANCE_MANAGER, at), toys._person("approver", Role.APPROVER, at)
    toys._policy("drill", "listing.price > 0.0", author, approver, at)
    for number in range(MERCHANTS):  # without an address: no mail is owed
        draft = MerchantDraft(external_id=f"m{number}", name=f"Merchant {number}", country="DE")
        merchants.put(draft=draft, actor=None, at=at)
    _listings(max(decision_count // EACH, 1), at)
    _endpoint, secret = webhooks.create(name="drill", url=url, types=[], actor=author, at=at)
    return secret


def decide(*, decision_count: int, part: int, parts: int) -> None:
    """This part's share: its own listings, so that several may decide at once."""
    author = User.objects.get(username="author")
    version = PolicyVersion.objects.select_related("policy").get(policy__slug="drill")
    keys = list(Listing.objects.order_by("pk").values_list("pk", flat=True))[part::parts]
    standing: dict[int, Decision] = {}
    for number in range(decision_count * (part + 1) // parts - decision_count * part // parts):
        key = keys[number % len(keys)]
        if key in standing:
            decisions.reverse(decision=standing[key], actor=author, reason="drill", at=timezone.now())
        standing[key] = _remove(key, version, author)


def _remove(key: int, version: PolicyVersion, author: User) -> Decision:
    listing = Listing.objects.select_related("merchant").get(pk=key)
    return decisions.issue(
        merchant=listing.merchant,
        version=version,
        violations=[],
        listings_without_violation=[listing],
        measure=Measure.REMOVE,
        markets=(),
        minimum_age=None,
        actor=author,
        reason="drill",
        at=timezone.now(),
        origin_kind=Origin.API,
    )


def _listings(count: int, at: datetime) -> None:
    keys = list(Merchant.objects.order_by("pk").values_list("pk", flat=True))
    made = Listing.objects.bulk_create(
        [
            Listing(
                merchant_id=keys[number % len(keys)],
                external_id=f"sku-{number}",
                title=f"Toy {number}",
                language="en",
                markets=["DE", "FR"],
                price_minor=990,
                currency="EUR",
                content_hash=f"{number:032d}",
                created_at=at,
                changed_at=at,
            )
            for number in range(count)
        ],
        batch_size=2_000,
    )
    toys.first_versions(made, at)
