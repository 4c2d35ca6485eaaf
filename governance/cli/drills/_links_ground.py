"""Merchants who share what many share, a few who share an office, and a ring; and how long it takes to find it."""

import random
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from investigations.domain import link_risk
from investigations.models import LinkGroup, LinkRisk
from listings.domain import links, listings, merchants
from listings.domain.drafts import ListingDraft
from listings.domain.merchants import IdentityDraft, MerchantDraft
from listings.enums import LinkStep
from listings.models import Merchant, MerchantLink

RING = 12
BATCH = 2_000
SHARED = 130
"""Merchants to a fulfilment house, a supplier or a call centre."""
FEW = 20
"""Of so many fours, threes and pairs one shares an office, a rare picture or a name: links that hold, and tie nobody to the ring."""
FAMILIES = (
    "Alpina",
    "Bergmann",
    "Comptoir",
    "Delta",
    "Europa",
    "Fortuna",
    "Global",
    "Helios",
    "Iberia",
    "Jumbo",
    "Kosmos",
    "Luna",
)
WORDS = [
    a + b
    for a in ("ka", "lo", "mi", "nu", "pe", "ri", "so", "tu")
    for b in ("ba", "den", "fir", "gol", "hus", "jek", "lim", "mor")
]


def make(*, merchants: int, each: int) -> None:
    """Fill an empty database."""
    dice, at = random.Random(2026), timezone.now() - timedelta(minutes=settings.LINK_SETTLE_MINUTES + 1)  # noqa: S311 -- no secret
    drafts = [_noise(dice, number, merchants) for number in range(merchants)]
    places = sorted(dice.sample(range(merchants), RING))
    for place, number in enumerate(places):
        drafts[number] = _tied(drafts[number], place)
    for first in range(0, merchants, BATCH):
        _write(drafts[first : first + BATCH], at)
    keys = dict(Merchant.objects.values_list("external_id", "pk"))
    ring = {number: place for place, number in enumerate(places)}
    offers = [
        offer
        for number in range(merchants)
        for offer in _offers(dice, keys[f"m{number}"], number, merchants, each, ring)
    ]
    for first in range(0, len(offers), BATCH):
        listings.write(drafts=offers[first : first + BATCH], source="drill", at=at)
    Merchant.objects.filter(external_id=f"m{places[0]}").update(terminated_at=at, joined_on=at.date())
    Merchant.objects.filter(external_id__in=[f"m{number}" for number in places]).update(joined_on=at.date())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum does in time
    print(f"{merchants:,} merchants, {len(offers):,} listings", flush=True)


def find() -> int:
    """Find and reckon, say how long it took and whether the ring was found, and do it again. 0 where it was, with nobody else."""
    queries = [0]

    def count(execute: Callable[..., Any], *arguments: Any) -> Any:
        queries[0] += 1
        return execute(*arguments)

    with connection.execute_wrapper(count):
        began = time.monotonic()
        turns = list(_turns())
        found = time.monotonic() - began
        reckoned = link_risk.reckon(at=timezone.now())
        took = time.monotonic() - began
    live = MerchantLink.objects.filter(ended_at__isnull=True)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"read in {turns.count(LinkStep.READ)} turns, found in {turns.count(LinkStep.FIND)}: {live.count():,} links",
        flush=True,
    )
    print(
        f"{found / 60:.1f} minutes to find, {took - found:.1f} s to reckon; {queries[0]:,} queries, {memory:,.0f} MB",
        flush=True,
    )
    again = link_risk.reckon(at=timezone.now())
    calm = not list(_turns()) and again is not None and again.written == 0
    print(f"again: {'nothing changes' if calm else 'SOMETHING CHANGES'}; {reckoned.groups if reckoned else 0:,} groups")
    return 0 if _ring_found() and calm else 1


def _ring_found() -> bool:
    ring = set(Merchant.objects.filter(joined_on__isnull=False).values_list("pk", flat=True))
    best = max(LinkGroup.objects.order_by("pk"), key=lambda group: len(ring & _members(group)), default=None)
    members = _members(best) if best else set()
    print(f"the ring: {len(ring & members)} of {len(ring)} members found, {len(members - ring)} false members")
    risks = LinkRisk.objects.filter(merchant__in=ring).order_by("-risk", "pk").values_list("risk", flat=True)
    print("their risk:", ", ".join(f"{risk:.2f}" for risk in risks))
    return ring == members


def _members(group: LinkGroup) -> set[int]:
    return set(group.members.values_list("merchant_id", flat=True))


def _turns() -> Iterator[LinkStep]:
    while turn := links.run_next(at=timezone.now()):
        yield turn.step


def _write(drafts: Sequence[MerchantDraft], at: Any) -> None:
    merchants.write(drafts=drafts, at=at)


# --- what many share -------------------------------------------------------------------------------


def _noise(dice: random.Random, number: int, count: int) -> MerchantDraft:
    """A merchant of its own accord: half of them at a fulfilment house, a sixth with a family's name, a third behind an agency's mail."""

    def crowd(share: float) -> int:
        """One of as many as so many merchants come to, SHARED to each."""
        return dice.randrange(max(int(count * share) // SHARED, 1))

    office = number // 4 if number // 4 % FEW == 0 else None
    house = f"Logistikring {crowd(0.5)}, 10999 Hub" if dice.random() < 0.5 else f"Lane {number}, {number:05d} Town"
    family = f"{dice.choice(FAMILIES)} {dice.randrange(count)} GmbH"
    same = number // 2 * 2 if number // 2 % FEW == 1 else number
    own = f"{WORDS[same % 64]} {WORDS[same // 64 % 64]} {_letters(same)}"
    domain = dice.choice(("gmail.com", f"agency{crowd(1 / 3)}.example", f"shop{number}.example"))
    return MerchantDraft(
        external_id=f"m{number}",
        name=family if dice.random() < 1 / 6 else own,
        country="DE",
        email=f"trade{number}@{domain}",
        identity=IdentityDraft(
            address=house if office is None else f"Office {office}, 20095 City",
            phone=f"+49 30 {crowd(0.1):03d}0000" if dice.random() < 0.1 else f"+49 40 {number:07d}",
        ),
        bank_accounts=(f"DE00PAYMENT{crowd(0.1):06d}" if dice.random() < 0.1 else f"DE99OWN{number:012d}",),
        devices=(f"network-{crowd(1.0):06d}", f"browser-{number:08d}"),
    )


def _offers(
    dice: random.Random, key: int, number: int, count: int, each: int, ring: dict[int, int]
) -> Iterator[ListingDraft]:
    """Suppliers' pictures and texts, one picture of its own, and here and there a picture that two happen to have."""
    crowds = max(count // SHARED, 1)
    for listing in range(each):
        story = random.Random(dice.randrange(crowds) if dice.random() < 0.5 else f"{number}/{listing}")  # noqa: S311 -- the same
        pictures = [
            f"https://supplier.example/{dice.randrange(crowds * 2)}.jpg",
            f"https://m{number}.example/{listing}.jpg",
        ]
        if number // 3 % FEW == 0:
            pictures.append(f"https://rare.example/{number // 3}.jpg")
        draft = ListingDraft(
            merchant_id=key,
            external_id=f"sku-{listing}",
            title=f"Thing {number} {listing}",
            description=" ".join(story.choice(WORDS) for _word in range(60)),
            markets=("DE",),
            images=tuple(pictures),
        )
        yield _tied_offer(draft, ring[number], listing) if number in ring else draft


def _letters(number: int) -> str:
    return "".join("abcdefghkm"[int(digit)] for digit in str(number))


# --- the ring --------------------------------------------------------------------------------------


def _tied(draft: MerchantDraft, place: int) -> MerchantDraft:
    """Tie a member to the next by what stands in the record: nothing is shared by more than three of them."""
    identity = draft.identity or IdentityDraft()
    if place in (0, 1, 2):
        draft = replace(draft, bank_accounts=(*(draft.bank_accounts or ()), "DE55RING000001"))
    if place in (2, 3):
        draft = replace(draft, identity=replace(identity, address="Ringstraße 12, 50667 Köln"))
    if place in (3, 4):
        draft = replace(draft, identity=replace(draft.identity or identity, phone="+49 221 5550001"))
    if place in (4, 5):
        draft = replace(draft, email=f"office{place}@ring-trade.example")
    if place in (5, 6, 7):
        draft = replace(draft, devices=(*(draft.devices or ()), "browser-ring-1"))
    if place in (9, 10):
        draft = replace(draft, name=f"Ringelnatter Import {place} GmbH")
    if place in (10, 11):
        draft = replace(draft, email=f"ring.seller+{place}@gmail.com")
    return draft


def _tied_offer(draft: ListingDraft, place: int, listing: int) -> ListingDraft:
    """By rare pictures, by texts that are nearly the same, or by pictures beside a name."""
    if place in (7, 8):
        draft = replace(draft, images=(*draft.images, f"https://ring.example/{listing}.jpg"))
    if place in (8, 9) and listing < 2:
        words = random.Random(f"ring/{listing}").choices(WORDS, k=60)  # noqa: S311 -- the same
        draft = replace(draft, description=f"{' '.join(words)} {WORDS[place]}")
    if place in (9, 10) and listing < 2:
        draft = replace(draft, images=(*draft.images, f"https://ring.example/name-{listing}.jpg"))
    return draft
