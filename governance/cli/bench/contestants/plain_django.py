"""Plain Django: the ORM's iterator, rules as closures, `bulk_create`."""

from collections.abc import Iterator, Mapping

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from enforcement.models import Violation
from governance.cli.bench.contestants.contestant import SAMPLE, TODAY, Contestant, in_force, violation
from governance.cli.bench.forms.closures import Facts, Seller, test_of
from governance.cli.bench.searching import mentioned
from listings.enums import ListingState
from listings.models import Certificate, Listing, Merchant
from listings.text import ZONE_SEPARATOR

BATCH = 2_000


class PlainDjango(Contestant):
    name = "django"
    by_row = True
    told = "plain Django: the ORM's iterator, rules compiled to closures once, the product's matcher for terms, bulk_create"

    def run(self, *, sample: bool) -> None:
        chosen = listings(sample=sample).select_related("category").prefetch_related("certificates")
        sellers = sellers_of(chosen)
        tests = [(each, test_of(each.rule)) for each in in_force()]
        found: list[Violation] = []
        for listing in chosen.iterator(chunk_size=BATCH):
            facts = _facts(listing, sellers[listing.merchant_id])
            found += [
                violation(
                    each,
                    merchant=listing.merchant_id,
                    listing=listing.pk,
                    version=listing.version,
                    markets=listing.markets,
                )
                for each, holds in tests
                if holds(facts)
            ]
            if len(found) >= BATCH:
                Violation.objects.bulk_create(found)
                found = []
        Violation.objects.bulk_create(found)


def listings(*, sample: bool) -> QuerySet[Listing]:
    on_sale = Listing.objects.filter(state=ListingState.ON_SALE).order_by("pk")
    return on_sale.filter(pk__in=RawSQL(f"SELECT id FROM {SAMPLE}", [])) if sample else on_sale  # noqa: S611 -- our own name


def sellers_of(chosen: QuerySet[Listing]) -> Mapping[int, Seller]:
    """The merchants of the chosen listings, each read once."""
    keys = set(chosen.order_by().values_list("merchant_id", flat=True).distinct())
    merchants = Merchant.objects.filter(pk__in=keys).select_related("identity").prefetch_related("windows")
    certificates: dict[int, set[str]] = {}
    for certificate in Certificate.objects.filter(listing__isnull=True, merchant_id__in=keys):
        if is_valid(certificate):
            certificates.setdefault(certificate.merchant_id, set()).add(certificate.type)
    return {each.pk: _seller(each, certificates.get(each.pk, ())) for each in merchants}


def is_valid(certificate: Certificate) -> bool:
    begun = certificate.valid_from is None or certificate.valid_from <= TODAY
    return begun and (certificate.valid_until is None or certificate.valid_until >= TODAY)


def _seller(merchant: Merchant, certificates: set[str] | tuple[()]) -> Seller:
    identity = getattr(merchant, "identity", None)
    month = next((window for window in merchant.windows.all() if window.days == 30), None)
    sold = month is not None and month.orders > 0
    return Seller(
        kind=merchant.kind,
        country=merchant.country,
        joined_on=merchant.joined_on,
        verified_on=identity.verified_on if identity else None,
        return_rate=month.returns / month.orders if month and sold else None,
        complaint_rate=month.complaints / month.orders if month and sold else None,
        certificates=frozenset(certificates),
    )


def _facts(listing: Listing, seller: Seller) -> Facts:
    return Facts(
        path=frozenset(paths(listing.category.code)) if listing.category else frozenset(),
        markets=listing.markets,
        price_eur=None if listing.price_eur is None else float(listing.price_eur),
        attributes=listing.attributes,
        certificates={each.type for each in listing.certificates.all() if is_valid(each)},
        text=f"{listing.title}{ZONE_SEPARATOR}{listing.description}",
        mentioned=mentioned(listing.text_base, listing.text_skeleton, listing.language),
        seller=seller,
    )


def paths(code: str) -> Iterator[str]:
    """Codes from the root down: toys, toys/plush."""
    parts = code.split("/")
    return ("/".join(parts[: depth + 1]) for depth in range(len(parts)))
