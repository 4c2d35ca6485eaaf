"""A catalogue of which every listing but some breaks one of four policies; here and there another decision holds a listing already."""

from datetime import datetime

from django.utils import timezone

from enforcement.domain import decisions, sweeps, undo
from enforcement.enums import Origin, SweepKind, UndoState
from enforcement.models import Sweep
from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.cli.drills import _check_ground as toys
from governance.policies.domain import policies
from governance.policies.enums import Measure, Mode
from governance.policies.models import Policy, PolicyVersion
from listings.domain import merchants, reference
from listings.domain.merchants import MerchantDraft
from listings.models import Category, Listing, Merchant
from listings.text import NORMALISER_VERSION, ListingText

POLICIES = 4
"""Each finds one listing of a merchant, so that each finding is a decision of its own."""
INNOCENT, HELD_BEFORE = 10, 40
"""Of so many listings one breaks nothing; of so many one is held by another decision before the sweep."""
BATCH = 5_000


def make(*, decision_count: int) -> None:
    """Fill an empty database."""
    at = timezone.now()
    reference.load_all(actor=None, at=at)
    author, approver = toys._person("author", Role.GOVERNANCE_MANAGER, at), toys._person("approver", Role.APPROVER, at)
    toys._person("lead", Role.TEAM_LEAD, at)
    for number in range(POLICIES):
        rule = f"listing.price > {number * 10}.5 && listing.price < {number * 10 + 9}.5"
        toys._policy(f"drill-{number}", rule, author, approver, at, points=4)
    toys._policy("held", "listing.price > 1000000.0", author, approver, at)
    _merchants(-(-decision_count // POLICIES), at)
    _listings(decision_count, at)
    _hold_some(author, at)


def sweep() -> None:
    """Queue a sweep over everything."""
    sweeps.start(kind=SweepKind.FULL, actor=User.objects.get(username="author"), reason="drill", at=timezone.now())


def begin_undo() -> None:
    """What came of the sweep: prepared by one, approved by another where it is large. The policies are switched off first."""
    author, lead, at = User.objects.get(username="author"), User.objects.get(username="lead"), timezone.now()
    for policy in Policy.objects.order_by("pk"):
        policies.set_mode(policy=policy, mode=Mode.OFF, actor=author, reason="drill", at=at)
    run = undo.prepare_sweep(
        sweep=Sweep.objects.get(), with_people=False, close_open=True, actor=author, reason="The rule was wrong.", at=at
    )
    if undo.start(undo=run, actor=author, at=at).state == UndoState.HELD:
        undo.approve(undo=run, actor=lead, at=timezone.now())


def _merchants(count: int, at: datetime) -> None:
    """Without an address: no mail is owed."""
    for number in range(count):
        draft = MerchantDraft(external_id=f"m{number}", name=f"Merchant {number}", country="DE")
        merchants.put(draft=draft, actor=None, at=at)


def _listings(guilty: int, at: datetime) -> None:
    keys = list(Merchant.objects.order_by("pk").values_list("pk", flat=True))
    category = Category.objects.filter(code=toys.CATEGORY).get()
    innocent = guilty // INNOCENT
    for first in range(0, guilty + innocent, BATCH):
        made = Listing.objects.bulk_create(
            [
                Listing(
                    merchant_id=keys[number // POLICIES % len(keys)],
                    external_id=f"sku-{number}",
                    title=f"Toy {number}",
                    language="en",
                    category=category,
                    markets=["DE", "FR"],
                    price_minor=(number % POLICIES * 10 + 5) * 100 if number < guilty else 99_000,
                    currency="EUR",
                    text_base=ListingText(f"Toy {number}", "", {}).normalised.base,
                    text_skeleton=ListingText(f"Toy {number}", "", {}).normalised.skeleton,
                    text_version=NORMALISER_VERSION,
                    content_hash=f"{number:032d}",
                    created_at=at,
                    changed_at=at,
                )
                for number in range(first, min(first + BATCH, guilty + innocent))
            ]
        )
        toys.first_versions(made, at)


def _hold_some(author: User, at: datetime) -> None:
    version = PolicyVersion.objects.select_related("policy").get(policy__slug="held")
    for listing in Listing.objects.select_related("merchant").order_by("pk")[::HELD_BEFORE]:
        decisions.issue(
            merchant=listing.merchant,
            version=version,
            violations=[],
            listings_without_violation=[listing],
            measure=Measure.REMOVE,
            markets=(),
            minimum_age=None,
            actor=author,
            reason="drill",
            at=at,
            origin_kind=Origin.API,
        )
