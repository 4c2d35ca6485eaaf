"""A queue full of cases of many merchants, and people with open sessions who work it."""

import json
import random
import time
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from enforcement.enums import Owed
from enforcement.models import Violation
from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.cli.drills import _check_ground as toys
from governance.policies.domain import policies
from governance.policies.enums import Mode
from governance.policies.models import Policy
from investigations.domain import claims, figures, priorities, queues
from investigations.enums import CaseOrigin
from investigations.models import Case, CaseItem, Claim, Queue
from listings.domain import reference
from listings.models import Category, Listing, Merchant

POLICIES = 20
BATCH = 5_000
LARGE, WORDS = 400, 10_000
"""Listings of the large case, and words in the description of one of them."""
SILENT_FOR = timedelta(minutes=10)
MARKETS = ["DE", "FR"]


def make(*, cases: int, people: int, sessions: str) -> None:
    """Fill an empty database; the people's session keys and the large case's key go into a file."""
    at = timezone.now()
    reference.load_all(actor=None, at=at)
    author, approver = toys._person("author", Role.GOVERNANCE_MANAGER, at), toys._person("approver", Role.APPROVER, at)
    for number in range(POLICIES):
        toys._policy(f"drill-{number}", f"listing.price > {number}.5", author, approver, at)
    for policy in Policy.objects.order_by("pk"):
        policies.set_mode(policy=policy, mode=Mode.REVIEW, actor=author, reason="drill", at=at)
    _fill(cases, at)
    large = _large(at)
    priorities.refresh(at=at)
    figures.count(at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum does in time
    workers = [toys._person(f"mod{number}", Role.MODERATOR, at) for number in range(people)]
    senior = toys._person("senior", Role.SENIOR_REVIEWER, at)
    kept = {"people": [_session(person) for person in workers], "senior": _session(senior), "large": large}
    Path(sessions).write_text(json.dumps(kept))


def keep_lapsing() -> None:
    """What beat does, until it is stopped. Who has beaten once in this drill has walked away since: time is moved for them."""
    while True:
        Claim.objects.filter(seen_at__isnull=False, ended_at__isnull=True).update(seen_at=F("seen_at") - SILENT_FOR)
        claims.lapse_due(at=timezone.now())
        time.sleep(2)


def statements() -> None:
    """Print how many statements the pages take, for cases far apart and the large one, as JSON."""
    found: dict[str, list[int]] = {"queue": [], "case": []}
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.get(username="mod0"))
    chosen = list(Case.objects.filter(state="open").order_by("priority").values_list("pk", flat=True)[:2_000:1_000])
    chosen += list(Case.objects.filter(state="open").order_by("-priority").values_list("pk", flat=True)[:1])
    chosen += list(Case.objects.filter(merchant__external_id="large").values_list("pk", flat=True))
    for key in chosen:
        for name, path in (
            ("queue", reverse("investigations:queue")),
            ("case", reverse("investigations:case", args=[key])),
        ):
            if client.get(path).status_code != 200:
                raise AssertionError(path)
            with CaptureQueriesContext(connection) as counted:
                client.get(path)
            found[name].append(len(counted))
    print(json.dumps(found))


def _session(person: User) -> str:
    client = Client()
    client.force_login(person)
    return client.cookies["sessionid"].value


def _fill(count: int, at: datetime) -> None:
    """One listing for each merchant; each policy finds it, and what it finds is a case."""
    queue = queues.default_queue()
    category = Category.objects.get(code=toys.CATEGORY)
    chosen = list(Policy.objects.select_related("live").order_by("pk"))
    sellers = Merchant.objects.bulk_create(
        [_merchant(f"m{number}", f"Merchant {number}", at) for number in range(-(-count // len(chosen)))],
        batch_size=BATCH,
    )
    offers = Listing.objects.bulk_create(
        [_listing(seller, number, category, at) for number, seller in enumerate(sellers)], batch_size=BATCH
    )
    toys.first_versions(offers, at)
    pairs = [(policy, offer) for offer in offers for policy in chosen][:count]
    for first in range(0, count, BATCH):
        _cases(pairs[first : first + BATCH], queue, at)


def _large(at: datetime) -> int:
    """The key of a case of many listings, one of them without an end."""
    seller = _merchant("large", "Merchant of many", at)
    seller.save()
    category = Category.objects.get(code=toys.CATEGORY)
    offers = [_listing(seller, f"large-{number}", category, at) for number in range(LARGE)]
    offers[0].description = "tiny magnet " * (WORDS // 2)
    toys.first_versions(Listing.objects.bulk_create(offers), at)
    policy = Policy.objects.select_related("live").order_by("pk")[0]
    _cases([(policy, offers[0])], queues.default_queue(), at)
    case = Case.objects.get(merchant=seller)
    more = Violation.objects.bulk_create([_violation(policy, offer, at) for offer in offers[1:]])
    CaseItem.objects.bulk_create(
        [CaseItem(case=case, listing_id=each.listing_id, violation=each, added_at=at) for each in more]
    )
    return case.pk


def _merchant(reference_id: str, name: str, at: datetime) -> Merchant:
    return Merchant(external_id=reference_id, name=name, country="DE", language="en", created_at=at, changed_at=at)


def _listing(seller: Merchant, number: int | str, category: Category, at: datetime) -> Listing:
    return Listing(
        merchant=seller, external_id=f"sku-{number}", title=f"Toy {number}", language="en", category=category,
        markets=MARKETS, price_minor=9_900, currency="EUR", content_hash=f"{number:>032}", created_at=at, changed_at=at,
    )  # fmt: skip


def _violation(policy: Policy, offer: Listing, at: datetime) -> Violation:
    return Violation(
        policy=policy, version=policy.live, merchant_id=offer.merchant_id, listing=offer,
        listing_version=offer.version, markets=MARKETS, explanation={}, mode=Mode.REVIEW, owed=Owed.NOTHING,
        found_at=at, seen_at=at,
    )  # fmt: skip


def _cases(pairs: list[tuple[Policy, Listing]], queue: Queue, at: datetime) -> None:
    found = Violation.objects.bulk_create([_violation(policy, offer, at) for policy, offer in pairs])
    made = Case.objects.bulk_create(
        [
            Case(
                merchant_id=each.merchant_id, policy_id=each.policy_id, cause_key=f"policy:{each.policy_id}",
                origin=CaseOrigin.SWEEP, queue=queue, severity="serious", markets=MARKETS, languages=["en"],
                orders_30d=random.randrange(300),  # noqa: S311 -- how urgent, not a secret
                opened_at=at - timedelta(hours=random.randrange(48)),  # noqa: S311
                due_at=at + timedelta(days=3),
            )
            for each in found
        ]
    )  # fmt: skip
    CaseItem.objects.bulk_create(
        [
            CaseItem(case=case, listing_id=each.listing_id, violation=each, added_at=at)
            for case, each in zip(made, found, strict=True)
        ]
    )
