"""Two hundred policies that all apply to one toy, ten thousand terms, a merchant and a key: what the drill of the check asks about.

Rules are mixed as those that come with the product are: half of them read attributes, a third terms.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from governance.accounts.domain import api_keys, people
from governance.accounts.domain.people import WantedRole
from governance.accounts.enums import Function, Role, Scope
from governance.accounts.models import User
from governance.policies.domain import policies, term_lists, versions
from governance.policies.domain.term_lists import TermListContent
from governance.policies.domain.versions import Terms, Words
from governance.policies.enums import Ground, Measure, Mode, Severity, Subject
from governance.policies.models import Policy
from listings.domain import merchants, reference
from listings.domain.merchants import MerchantDraft
from listings.models import AttributeDefinition, Listing, ListingVersion

MARKETS = ("AT", "DE", "FR")
MERCHANT, CATEGORY = "drill", "toys"
GIVEN = 12
"""Attributes of each kind that the listings give."""
HELD = "held"
"""The first term of the first list: a listing that has this word breaks as many policies as rules name that list."""
SYLLABLES = ("ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "wo", "xu", "za")


def make(*, policy_count: int, term_count: int, at: datetime) -> str:
    """Fill an empty database; returns the API key."""
    reference.load_all(actor=None, at=at)
    merchants.put(draft=MerchantDraft(external_id=MERCHANT, name="Drill", country="DE"), actor=None, at=at)
    author, approver = _person("author", Role.GOVERNANCE_MANAGER, at), _person("approver", Role.APPROVER, at)
    lists = _lists(max(policy_count // 5, 1), term_count, author, at)
    for number, rule in zip(range(policy_count), _rules(lists), strict=False):
        _policy(f"drill-{number}", rule, author, approver, at)
    _key, secret = api_keys.create(name="drill", scopes=[Scope.LISTINGS_CHECK], actor=author, at=at)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum does in time
    return secret


def switch_all_off(*, at: datetime) -> None:
    """The same database without a policy that acts."""
    author = User.objects.get(username="author")
    for policy in Policy.objects.order_by("pk"):
        policies.set_mode(policy=policy, mode=Mode.OFF, actor=author, reason="drill", at=at)


def listing(number: int, *, holds: bool) -> dict[str, Any]:
    """One of endlessly many listings, each with other words."""
    words = [_word(number * 131 + place * 17 + place * place) for place in range(150)]
    numbers, texts = _attributes("number")[:GIVEN], _attributes("text")[:GIVEN]
    return {
        "merchant_id": MERCHANT,
        "listing_id": f"drill-{number}",
        "title": " ".join(words[:7]) + (f" {HELD}" if holds else ""),
        "description": " ".join(words[7:]),
        "category": CATEGORY,
        "price": f"{number % 90 + 9},90 €",
        "currency": "EUR",
        "language": "de",
        "brand": words[3],
        "markets": list(MARKETS),
        "images": [f"https://img.example/{number}/{place}.jpg" for place in range(3)],
        "attributes": dict.fromkeys(numbers, number % 50) | dict.fromkeys(texts, words[-1]),
        "certificates": [{"type": "CE", "number": str(number), "valid_until": "2035-01-01"}],
    }


def first_versions(listings: Sequence[Listing], at: datetime) -> None:
    """Of listings that were written past their room, as quickly as such many are made."""
    ListingVersion.objects.bulk_create(
        [
            ListingVersion(
                listing=each,
                number=each.version,
                content={"title": each.title, "language": each.language, "markets": each.markets},
                content_hash=each.content_hash,
                created_at=at,
            )
            for each in listings
        ],
        batch_size=2_000,
    )


def _rules(lists: Sequence[str]) -> Iterator[str]:
    """None of them holds unless the text has a term; one in fifty cannot be decided."""
    numbers, texts = _attributes("number"), _attributes("text")
    number = 0
    while True:
        key, word = numbers[number % GIVEN], lists[number // 3 % len(lists)]
        other = texts[number % len(texts)]
        match number % 50:
            case 0:
                yield f"listing.attr.{numbers[-1]} > {number}.0"
            case 1 | 2:
                yield f'listing.text.matches("(?i)zz{number}[a-z]+q")'
            case 3 | 4:
                yield f'!listing.hasCertificate("CE") && listing.price > {number}.0'
            case 5:
                yield f'merchant.country == "FR" && listing.price > {number}.0'
            case 6:
                yield f"!listing.readableIn(market) && listing.price > 100000{number}.0"
            case kind if kind % 3 == 0:
                yield f'listing.text.mentions("{word}") && listing.price > {number % 9}.0'
            case kind if kind % 3 == 1:
                yield f"listing.attr.{key} > 1000.0 && listing.price > {number}.0"
            case _:
                yield f'has(listing.attr.{other}) && listing.attr.{other} == "none {number}"'
        number += 1


def _lists(count: int, terms: int, author: User, at: datetime) -> list[str]:
    keys = [f"drill_{number}" for number in range(count)]
    for number, key in enumerate(keys):
        words = [f"{_word(number * 7_919 + place * 613)} {_word(place)}x{place}" for place in range(terms // count)]
        content = TermListContent(terms={"en": [HELD, *words] if number == 0 else words})
        term_lists.save(key=key, names={"en": key}, content=content, actor=author, at=at)
    return keys


def _policy(slug: str, rule: str, author: User, approver: User, at: datetime, *, points: int = 0) -> None:
    policy = policies.create(slug=slug, family="toys", subject=Subject.LISTINGS, actor=author, at=at)
    terms = Terms(
        severity=Severity.SERIOUS,
        ground=Ground.LEGAL,
        legal_basis="Directive 2009/48/EC",
        jurisdictions=MARKETS,
        categories=(CATEGORY,),
        rule=rule,
        points=points,
        measures=(Measure.REMOVE,),
        default_measure=Measure.REMOVE,
        texts={language: Words(title=slug, summary=slug, statement=slug) for language in ("en", "de", "fr")},
    )
    version = versions.draft(policy=policy, terms=terms, actor=author, at=at)
    version = versions.submit(version=version, actor=author, at=at)
    versions.approve(version=version, function=Function.LEGAL, actor=approver, comment="drill", at=at)
    policies.set_mode(policy=policy, mode=Mode.ENFORCE, actor=author, reason="drill", at=at)


def _person(name: str, role: Role, at: datetime) -> User:
    wanted = WantedRole(role, Function.LEGAL) if role == Role.APPROVER else WantedRole(role)
    return people.create_person(
        username=name, email=f"{name}@example.org", pseudonym=name, roles=[wanted], actor=None, at=at
    )


def _attributes(kind: str) -> list[str]:
    found = AttributeDefinition.objects.filter(kind=kind).order_by("key")
    return list(found.values_list("key", flat=True))


def _word(seed: int) -> str:
    """A word that looks like one, different for different seeds up to some hundred thousand."""
    seed = seed * 2_654_435_761 % 2**32
    return "".join(SYLLABLES[seed >> shift & 15] for shift in (4, 12, 20, 28))
