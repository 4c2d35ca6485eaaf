"""What a few characters may mean: an id, a reference, an EAN, or part of a name. Only what the person may read."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import Q

from enforcement.models import Decision
from enforcement.permissions import can_read_disputes, markets
from enforcement.queries import disputes
from governance.accounts.enums import Place
from governance.accounts.permissions import Anyone, can_open
from governance.policies.models import Policy, PolicyText
from governance.web.references import read_reference
from investigations.queries import hearings, investigations, lines, notices, orders, work
from investigations.queries.listings import visible_listings
from investigations.queries.merchants import visible_merchants

NUMBERED = re.compile(r"^([CILP])-?(\d{1,18})$", re.IGNORECASE)
EAN = re.compile(r"^\d{8,14}$")
EACH = 6
SHORTEST = 3
"""Names are searched from three characters on: fewer are in no index and mean nothing."""


@dataclass(frozen=True)
class Hit:
    """Something found. `kind` is case, investigation, listing, policy, merchant, decision, appeal, dispute, notice or order;
    `exact` an id, not a likeness."""

    kind: str
    pk: int
    label: str
    note: str
    exact: bool = False
    public_id: str = ""


def find(words: str, *, user: Anyone, language: str, each: int = EACH) -> list[Hit]:
    """Exact ids first, then names; at most `each` of a kind."""
    words = " ".join(words.split())
    if not words:
        return []
    if numbered := NUMBERED.match(words):
        return list(_by_number(numbered[1].upper(), int(numbered[2]), user, language))
    if reference := read_reference(words):
        readers = (_decisions, _appeals, _disputes, _notices, _orders)
        return [hit for reader in readers for hit in reader(reference, user)]
    hits = list(_by_key(words, user))
    if len(words) >= SHORTEST:
        known = {(hit.kind, hit.pk) for hit in hits}
        hits += [hit for hit in _by_name(words, user, language, each) if (hit.kind, hit.pk) not in known]
    return hits


def _by_number(letter: str, number: int, user: Anyone, language: str) -> Iterator[Hit]:
    readers: dict[str, Callable[[int, Anyone, str], Iterator[Hit]]] = {
        "C": _cases,
        "I": _investigations,
        "L": _listings,
        "P": _policies,
    }
    yield from readers[letter](number, user, language)


def _cases(number: int, user: Anyone, language: str) -> Iterator[Hit]:
    for case in work.visible_cases(user).filter(pk=number).select_related("merchant"):
        title = lines.policy_titles({case.policy_id or 0}, language=language).get(case.policy_id or 0, "")
        yield Hit("case", case.pk, str(case), f"{title} · {case.merchant.name}", exact=True)


def _listings(number: int, user: Anyone, language: str) -> Iterator[Hit]:
    for listing in visible_listings(user).filter(pk=number).select_related("merchant"):
        yield Hit("listing", listing.pk, str(listing), f"L-{listing.pk} · {listing.merchant.name}", exact=True)


def _policies(number: int, user: Anyone, language: str) -> Iterator[Hit]:
    if can_open(user, Place.POLICIES):
        titles = lines.policy_titles({number}, language=language)
        for policy in Policy.objects.filter(pk=number):
            yield Hit("policy", policy.pk, titles.get(policy.pk, policy.slug), policy.number, exact=True)


def _investigations(number: int, user: Anyone, language: str) -> Iterator[Hit]:
    for found in investigations.visible(user).filter(pk=number):
        yield Hit("investigation", found.pk, found.title, str(found), exact=True)


def _decisions(reference: str, user: Anyone) -> Iterator[Hit]:
    if can_open(user, Place.CASES):
        merchants = visible_merchants(user).values("pk")
        for decision in Decision.objects.filter(reference=reference, merchant__in=merchants).select_related("merchant"):
            yield Hit("decision", decision.pk, decision.reference, decision.merchant.name, exact=True)


def _appeals(reference: str, user: Anyone) -> Iterator[Hit]:
    for appeal in hearings.visible(user).filter(reference=reference):
        yield Hit("appeal", appeal.pk, appeal.reference, appeal.merchant.name, exact=True)


def _disputes(reference: str, user: Anyone) -> Iterator[Hit]:
    if can_read_disputes(user):
        for dispute in disputes.listed(markets(user)).filter(reference=reference):
            yield Hit("dispute", dispute.pk, dispute.reference, dispute.merchant.name, exact=True)


def _notices(reference: str, user: Anyone) -> Iterator[Hit]:
    for notice in notices.visible(user).filter(reference=reference):
        yield Hit("notice", notice.pk, notice.reference, str(notice.get_ground_display()), exact=True)


def _orders(reference: str, user: Anyone) -> Iterator[Hit]:
    for order in orders.visible(user).filter(reference=reference):
        yield Hit("order", order.pk, order.reference, order.authority, exact=True)


def _by_key(words: str, user: Anyone) -> Iterator[Hit]:
    """EANs, and the marketplace's or our own key of a merchant."""
    if EAN.match(words):
        for listing in visible_listings(user).filter(ean=words).select_related("merchant").order_by("id")[:EACH]:
            yield Hit("listing", listing.pk, str(listing), f"EAN {words} · {listing.merchant.name}", exact=True)
    keys = Q(external_id=words) | Q(public_id=words.upper())
    for merchant in visible_merchants(user).filter(keys).order_by("id")[:EACH]:
        yield Hit(
            "merchant", merchant.pk, merchant.name, merchant.external_id, exact=True, public_id=merchant.public_id
        )


def _by_name(words: str, user: Anyone, language: str, each: int) -> Iterator[Hit]:
    for merchant in visible_merchants(user).filter(name__icontains=words).order_by("name", "id")[:each]:
        yield Hit("merchant", merchant.pk, merchant.name, merchant.external_id, public_id=merchant.public_id)
    if can_open(user, Place.POLICIES):
        texts = PolicyText.objects.filter(title__icontains=words, language__in={language, "en"})
        found = (
            texts.filter(version__state__in=lines.SPOKEN).values_list("version__policy", flat=True).distinct()[:each]
        )
        titles = lines.policy_titles(found, language=language)
        for policy in Policy.objects.filter(pk__in=list(titles)).order_by("pk"):
            yield Hit("policy", policy.pk, titles[policy.pk], policy.number)
    for listing in (
        visible_listings(user).filter(title__icontains=words).select_related("merchant").order_by("id")[:each]
    ):
        yield Hit("listing", listing.pk, str(listing), f"L-{listing.pk} · {listing.merchant.name}")
