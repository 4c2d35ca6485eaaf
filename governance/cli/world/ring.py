"""A ring: one seller who was closed down goes on under other names. The graph shows them, risk spreads, an investigation follows."""

import datetime as dt
import hashlib

from django.http import QueryDict

from enforcement.domain import taking_effect
from enforcement.enums import DecisionState
from governance.accounts.domain import saved_views
from governance.cli.world import papers
from governance.cli.world.days import World
from governance.cli.world.rollout import deliver
from governance.policies.enums import Measure, Severity
from investigations.domain import (
    cases,
    claims,
    dossiers,
    findings,
    investigation_exhibits,
    investigations,
    link_risk,
    search_runs,
    staff_cases,
)
from investigations.enums import SearchKind, Verdict
from investigations.filters.explore import ExploreFilter
from investigations.models import Investigation, SearchRun
from investigations.queries.search_figures import Found
from listings.domain import links, listings, merchants
from listings.domain.drafts import ListingDraft
from listings.domain.merchants import IdentityDraft, MerchantDraft
from listings.models import Category, Listing, Merchant

ACCOUNT, DEVICE = "PL61109010140000071219812874", "device-5f0c77"
ADDRESS, PHONE = "ul. Składowa 14, 61-897 Poznań", "+48 61 555 01 88"
SELLERS = (
    # key, name, country, language, shares the account, the device, the address, the phone
    ("ring-1", "Zegarland Poznań", "PL", "pl", True, True, True, True),
    ("ring-2", "Chrono Outlet K.", "PL", "pl", True, False, True, False),
    ("ring-3", "Uhrenfuchs Direkt", "DE", "de", False, True, False, True),
    ("ring-4", "Montres Éclair", "FR", "fr", True, False, False, False),
    ("ring-5", "TimeNest Deals", "GB", "en", False, True, True, False),
)
OFFERS = {
    "pl": (
        "Zegarek Orvane Classic – replika 1:1, certyfikat",
        "Replika najwyższej jakości, wygląda jak oryginał Orvane.",
    ),
    "de": (
        "Orvane Classic Armbanduhr, Replik in bester Qualität",
        "Vom Original Orvane kaum zu unterscheiden. Mit Box.",
    ),
    "fr": ("Montre Orvane Classic, réplique haut de gamme", "Réplique fidèle de la Orvane, livrée dans son écrin."),
    "en": ("Orvane Classic wristwatch, 1:1 replica with box", "Mirror copy of the Orvane Classic; nobody will notice."),
}
SEARCHES = (
    ("replika", "investigator", 8, "Replicas in words", True),
    ("orvane", "investigator", 8, "Everything with Orvane", True),
    ("magnet", "senior", 5, "", False),
    ("CBD", "manager", 4, "CBD in any market", False),
    ("replica", "senior", 3, "", False),
    ("powerbank", "lead", 1, "", False),
)
EXPLORE = "investigations:explore"


def is_there() -> bool:
    return Investigation.objects.exists()


def make(world: World) -> None:
    sellers, offers = _ring(world)
    _close_down(world, sellers[0], offers[0])
    _tie(world)
    runs = _searches(world)
    _investigate(world, sellers, offers, runs)
    _earlier(world)


def _ring(world: World) -> tuple[list[Merchant], list[Listing]]:
    made, offered = [], []
    category = Category.objects.filter(code__startswith="jewellery/").order_by("code").first()
    for number, (key, name, country, language, account, device, address, phone) in enumerate(SELLERS):
        at = world.ago(44 - 6 * number, 11)
        identity = IdentityDraft(
            legal_name=name,
            address=ADDRESS if address else f"{number + 3} Marktgasse, {country}",
            phone=PHONE if phone else f"+49 30 23125 3{number}1",
            email=f"kontakt@{key}.example",
            register="KRS",
            register_number=f"00009{number}41{number}",
            self_certified=True,
            verified_on=at.date(),
        )
        merchant, _written = merchants.put(
            draft=MerchantDraft(
                external_id=key, name=name, country=country, language=language, email=f"shop@{key}.example",
                joined_on=at.date(), identity=identity, bank_accounts=(ACCOUNT,) if account else (),
                devices=(DEVICE,) if device else (),
            ),
            actor=None, at=at,
        )  # fmt: skip
        title, description = OFFERS[language]
        listing, _new = listings.put(
            draft=ListingDraft(
                merchant_id=merchant.pk, external_id=f"{key}-1", category_id=category.pk if category else None,
                category_code=category.code if category else "", title=title, description=description, language=language,
                brand="Orvane", sku=f"OR-{number}1", condition="new", price_minor=7_900 + 400 * number, currency="EUR",
                markets=("DE", "FR", "PL"), images=(f"https://images.example/{key}/1.jpg",),
            ),
            actor=None, at=at + dt.timedelta(minutes=20),
        )  # fmt: skip
        made.append(merchant)
        offered.append(listing)
    return made, offered


def _close_down(world: World, merchant: Merchant, listing: Listing) -> None:
    """The first of them was suspended, with a second person's yes."""
    at = world.ago(21, 14)
    senior, policy = world.person("senior"), world.policies["counterfeit-wording"]
    note = "Found by a colleague while searching for replicas."
    (case,) = staff_cases.open_for(
        listings=[listing], cause="staff:replicas", policy=policy, severity=Severity.CRITICAL, note=note, actor=senior,
        at=at - dt.timedelta(hours=3),
    )  # fmt: skip
    claims.claim(case=case, person=senior, at=at - dt.timedelta(minutes=9))
    ruling = cases.decide(
        case=case, verdicts={item.pk: Verdict.VIOLATES for item in case.items.all()}, measure=Measure.SUSPEND, actor=senior,
        reason="Replicas, offered as such in the title.", at=at,
    )  # fmt: skip
    decision = ruling.decision if ruling else None
    if decision is not None and decision.state == DecisionState.HELD:
        later = at + dt.timedelta(hours=2)
        taking_effect.approve(decision=decision, actor=world.person("lead"), reason="Agreed.", at=later)
    deliver(at + dt.timedelta(hours=3))


def _tie(world: World) -> None:
    while links.run_next(at=world.now):
        pass
    link_risk.reckon(at=world.now)


def _searches(world: World) -> list[SearchRun]:
    """The team's searches with what they find, some saved, some shared."""
    runs = []
    for words, name, days, saved, shared in SEARCHES:
        query, person, at = f"q={words}", world.person(name), world.ago(days, 10, 20)
        rows = ExploreFilter(QueryDict(query), queryset=Listing.objects.all(), request=None).qs
        keys = ",".join(map(str, rows.order_by("pk").values_list("pk", flat=True)))
        found = Found(now=rows.count(), sha256=hashlib.sha256(keys.encode()).hexdigest())
        run = search_runs.ran(kind=SearchKind.LISTINGS, query=query, found=found, actor=person, at=at)
        if saved:
            saved_views.save(
                user=person, page=EXPLORE, name=saved, query=query, shared=shared, at=at + dt.timedelta(minutes=2)
            )
        if run is not None:
            runs.append(run)
    return runs


def _investigate(world: World, sellers: list[Merchant], offers: list[Listing], runs: list[SearchRun]) -> None:
    """Open: members, notes, what was collected, evidence, and cases out of it."""
    me, at = world.person("investigator"), world.ago(8, 9)
    opened = investigations.open_new(
        title="Orvane replicas after a suspension",
        question="Does the closed seller go on under other names?",
        actor=me,
        at=at,
    )
    hour = dt.timedelta(hours=1)
    investigations.take_in(investigation=opened, person=world.person("senior"), actor=me, at=at + hour / 4)
    reason = "Same account, device or address"
    investigations.collect(
        investigation=opened, actor=me, at=at + hour, merchants=sellers, listings=offers, reason=reason
    )
    for run in runs[:2]:
        title = f"Words: {run.query.removeprefix('q=')}"
        investigations.keep_search(investigation=opened, run=run, title=title, actor=me, at=at + 1.5 * hour)
    for number, offer in enumerate(offers[:3]):
        investigation_exhibits.capture(
            investigation=opened, listing=offer, actor=me, at=at + 2 * hour + number * hour / 12
        )
    letter = papers.pdf(
        "Test purchase 26-114", "Watch received from Chrono Outlet K.", "Return address: ul. Składowa 14, Poznań."
    )
    exhibit = investigation_exhibits.add_file(
        investigation=opened, title="Test purchase 26-114", source="Mystery shopping, by post", filename="test-purchase.pdf",
        chunks=[letter], actor=me, at=world.ago(5, 11),
    )  # fmt: skip
    investigation_exhibits.verify(exhibit=exhibit, actor=world.person("senior"), at=world.ago(4, 9))
    for days, name, text in (
        (
            7,
            "investigator",
            "Zegarland and Chrono Outlet are paid into the same account. Uhrenfuchs signs in from the same device.",
        ),
        (
            5,
            "senior",
            "Paczka testowa przyszła z adresu zamkniętego sklepu. The parcel came from the closed shop’s address.",
        ),
        (3, "investigator", "Montres Éclair: only the account so far. TimeNest: device and address."),
    ):
        investigations.note(investigation=opened, text=text, actor=world.person(name), at=world.ago(days, 15))
    findings.open_cases(
        investigation=opened, listings=[each.pk for each in offers[1:4]], policy=world.policies["counterfeit-wording"],
        severity=Severity.SERIOUS, text="Three shops go on with the closed seller’s goods.", actor=me, at=world.ago(2, 10),
    )  # fmt: skip
    dossiers.make(investigation=opened, language="en", actor=me, at=world.ago(1, 16))


def _earlier(world: World) -> None:
    """Concluded: nothing followed, and why."""
    me, at = world.person("investigator"), world.ago(26, 9)
    opened = investigations.open_new(
        title="Power banks with borrowed test numbers", question="Do sellers share one test report?", actor=me, at=at
    )
    offers = list(
        Listing.objects.filter(category__code__startswith="batteries").select_related("merchant").order_by("pk")[:6]
    )
    investigations.collect(
        investigation=opened, actor=me, at=at + dt.timedelta(hours=1), listings=offers, reason="Same laboratory"
    )
    investigations.note(
        investigation=opened, text="Das Labor bestätigt sechs eigene Prüfungen.", actor=me, at=world.ago(22, 14)
    )
    text = "The laboratory confirms a test of its own for each of the six."
    findings.find_nothing(investigation=opened, text=text, actor=me, at=world.ago(21, 10))
    investigations.conclude(
        investigation=opened, conclusion="No: each seller has a report of its own.", actor=me, at=world.ago(21, 11)
    )
