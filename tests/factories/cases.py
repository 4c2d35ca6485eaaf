"""What case work stands on, with no surprising defaults: people, a policy in force, listings, violations, cases."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from enforcement.enums import Owed
from enforcement.models import Violation
from governance.accounts.enums import Role
from governance.accounts.models import RoleGrant, User
from governance.policies.enums import Ground, Measure, Mode, Severity, VersionState
from governance.policies.models import Policy, PolicyText, PolicyVersion
from investigations.domain import opening
from investigations.models import Case
from listings.models import Listing, ListingVersion, ListingWindow, Market, Merchant

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
"""A Monday."""


def person(name: str, *roles: Role, markets: Sequence[str] = ()) -> User:
    user = User.objects.create_user(name, f"{name}@console.example", "a long password", pseudonym=name.capitalize())
    for role in roles:
        RoleGrant.objects.create(user=user, role=role, markets=list(markets), granted_at=NOON)
    return user


def market(code: str, *, working_days: Sequence[int] = (1, 2, 3, 4, 5)) -> Market:
    made, _ = Market.objects.get_or_create(
        code=code, defaults={"region": "eu", "currency": "EUR", "languages": ["en"], "working_days": list(working_days)}
    )
    return made


def merchant(name: str, *, country: str = "DE", **fields: Any) -> Merchant:
    values = {
        "external_id": name.lower().replace(" ", "-"),
        "name": name,
        "country": country,
        "language": "en",
        "email": "trade@merchant.example",
        "created_at": NOON,
        "changed_at": NOON,
    }
    return Merchant.objects.create(**(values | fields))


def listing(of: Merchant, title: str, *, markets: Sequence[str] = ("DE",), **fields: Any) -> Listing:
    number = Listing.objects.count() + 1
    values: dict[str, Any] = {
        "merchant": of,
        "external_id": f"sku-{number}",
        "title": title,
        "language": "en",
        "markets": list(markets),
        "price_minor": 2490,
        "currency": "EUR",
        "content_hash": f"{number:032d}",
        "created_at": NOON,
        "changed_at": NOON,
    } | fields
    made = Listing.objects.create(**values)
    ListingVersion.objects.create(
        listing=made, number=made.version, content=content_of(made), content_hash=made.content_hash, created_at=NOON
    )
    return made


def content_of(of: Listing) -> dict[str, Any]:
    return {
        "title": of.title,
        "description": of.description,
        "language": of.language,
        "markets": of.markets,
        "price_minor": of.price_minor,
        "currency": of.currency,
        "attributes": of.attributes,
    }


def sold(of: Listing, *, orders: int, visits: int = 0) -> None:
    ListingWindow.objects.create(listing=of, days=30, as_of=date(2026, 11, 22), orders=orders, visits=visits)


def policy(
    slug: str,
    *,
    family: str = "toys",
    severity: Severity = Severity.SERIOUS,
    measures: Sequence[Measure] = (Measure.WARN, Measure.REQUEST_CORRECTION, Measure.RESTRICT_MARKETS, Measure.REMOVE),
    jurisdictions: Sequence[str] = ("DE", "FR", "AT"),
    default: Measure | None = None,
    minimum_age: int | None = None,
    label: str = "",
    listings_a_day: int | None = None,
    cure_days: int = 0,
    author: User | None = None,
    title: str = "Strong loose magnets in toys",
    mode: Mode = Mode.REVIEW,
    points: int = 4,
    rule: str = 'listing.text.mentions("magnets")',
    founded: Ground = Ground.LEGAL,
    brake_share: Decimal = Decimal(1),
) -> Policy:
    """A policy in force, in review mode."""
    author = author or User.objects.filter(username="author").first() or person("author", Role.GOVERNANCE_MANAGER)
    made = Policy.objects.create(slug=slug, family=family, owner=author, created_at=NOON)
    version = PolicyVersion.objects.create(
        policy=made,
        number=1,
        severity=severity,
        ground=founded,
        legal_basis="EN 71-1, 4.23",
        jurisdictions=list(jurisdictions),
        rule=rule,
        measures=list(measures),
        default_measure=default or measures[-1],
        minimum_age=minimum_age,
        label=label,
        listings_a_day=listings_a_day,
        cure_days=cure_days,
        points=points,
        brake_share=brake_share,
        author=author,
        created_at=NOON,
    )
    PolicyText.objects.create(
        version=version,
        language="en",
        title=title,
        summary="A magnet that a child can swallow may not be sold as a toy.",
        guidance="Counts: loose balls.\n\nDoes not: magnets welded into parts.",
        statement="Strong loose magnets may not be sold as toys.",
        correction="Take the magnets out.",
    )
    PolicyVersion.objects.filter(pk=version.pk).update(state=VersionState.LIVE)
    made.live = PolicyVersion.objects.get(pk=version.pk)
    made.mode = mode
    made.save(update_fields=["live", "mode"])
    return made


def violation(
    of: Listing, against: Policy, *, owed: Owed = Owed.CASE, explanation: dict[str, Any] | None = None
) -> Violation:
    assert against.live is not None
    return Violation.objects.create(
        policy=against,
        version=against.live,
        merchant=of.merchant,
        listing=of,
        listing_version=of.version,
        markets=sorted(set(of.markets) & set(against.live.jurisdictions)),
        explanation=explanation or {},
        mode=against.mode,
        owed=owed,
        found_at=NOON,
        seen_at=NOON,
    )


def case(
    against: Policy, of: Merchant, *, listings: int = 1, at: datetime = NOON, markets: Sequence[str] = ("DE",)
) -> Case:
    """A waiting case with so many listings."""
    for number in range(listings):
        violation(listing(of, f"Magnet cube {number + 1}", markets=markets), against)
    opening.open_owed(at=at)
    return Case.objects.get(merchant=of, policy=against, closed_at__isnull=True)
