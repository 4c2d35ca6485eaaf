"""Orders of courts and authorities: one carried out, one whose authority is asked, one with two working days, one to be checked."""

import datetime as dt

from governance.cli.world.days import World
from governance.policies.enums import Measure
from investigations.domain import order_acts, order_following, order_intake, order_letters, orders
from investigations.domain.order_intake import Received
from investigations.enums import NoticeGround, OrderElement, OrderKind
from investigations.models import AuthorityOrder
from investigations.queries import orders as queries
from listings.models import Listing, Merchant

REDRESS = "Widerspruch innerhalb eines Monats bei der Behörde; der Händler hat denselben Weg."


def is_there() -> bool:
    return AuthorityOrder.objects.exists()


def make(world: World) -> None:
    _carried_out(world)
    _asked(world)
    _near(world)
    _fresh(world)
    send(world.now)


def _carried_out(world: World) -> None:
    """DSA Art. 9: restricted in the country that orders it, reported within its term."""
    came = world.ago(16, 9, 5)
    listings = _offered("DE", "electronics", 2)
    order = _receive(
        world,
        Received(
            kind=OrderKind.ACT, authority="Marktüberwachung Nordheide", country="DE", number="MÜ 52.4-1183/26",
            lines=[f"L-{each.pk}" for each in listings], received_at=came, language="de", markets=("DE",),
            email="order@nordheide.example", contact="Referat 52, Frau Petersen", ground=NoticeGround.CONSUMERS,
            legal_basis="Art. 9 Verordnung (EU) 2022/2065 in Verbindung mit § 8 ProdSG",
            reasons="Angebote ohne Angabe einer verantwortlichen Person in der Union.",
            wanted="Sperrung der Angebote für Deutschland.", redress=REDRESS, term_at=came + dt.timedelta(days=5),
        ),
        came + dt.timedelta(minutes=25),
    )  # fmt: skip
    senior = world.person("senior")
    orders.check(order=order, missing=(), note="", goes_on=False, actor=senior, at=came + dt.timedelta(hours=2))
    order_acts.act(
        order=order, version=world.version("product-responsible-person"), measure=Measure.RESTRICT_MARKETS,
        minimum_age=None, reason="As ordered.", only_in=None, actor=senior, at=came + dt.timedelta(hours=3),
    )  # fmt: skip
    done = came + dt.timedelta(hours=5)
    order_following.follow_all(at=done)
    order.refresh_from_db()
    orders.complete(order=order, note="", actor=senior, at=done)
    send(done + dt.timedelta(minutes=1))


def _asked(world: World) -> None:
    """DSA Art. 10: what it lacks was asked; its term runs on."""
    came, merchant = world.ago(3, 10, 40), Merchant.objects.filter(country="FR").order_by("pk")[3:4].get()
    order = _receive(
        world,
        Received(
            kind=OrderKind.INFORM, authority="Direction de la consommation du Val-Clair", country="FR", number="DC-2026-0907",
            lines=[merchant.public_id, merchant.external_id], received_at=came, language="fr", email="dc@val-clair.example",
            contact="Bureau B2", ground=NoticeGround.CONSUMERS, legal_basis="Article 10 du règlement (UE) 2022/2065",
            reasons="Enquête sur l’identité du vendeur.", wanted="Nom, adresse et numéro d’immatriculation du vendeur.",
            term_at=world.now + dt.timedelta(days=4),
        ),
        came + dt.timedelta(minutes=15),
    )  # fmt: skip
    note = "L’ordre n’indique pas les voies de recours. Merci de compléter."
    orders.check(
        order=order, missing=(OrderElement.REDRESS,), note=note, goes_on=False, actor=world.person("investigator"),
        at=came + dt.timedelta(hours=3),
    )  # fmt: skip
    send(came + dt.timedelta(hours=4))


def _near(world: World) -> None:
    """GPSR Art. 22(4): checked, its second working day is the next one."""
    came = world.ago(1, 8, 20)
    order = _receive(
        world,
        Received(
            kind=OrderKind.SAFETY, authority="Inspekcja Wyrobów Małopolska", country="PL", number="IW/217/2026",
            lines=[f"L-{each.pk}" for each in _offered("PL", "toys", 2)] + ["https://shop.example/oferta/990771"],
            received_at=came, language="pl", markets=("PL",), email="decyzje@iw-malopolska.example", contact="Wydział 3",
            ground=NoticeGround.UNSAFE, legal_basis="art. 22 ust. 4 rozporządzenia (UE) 2023/988",
            reasons="W badaniu oderwały się małe części; ryzyko zadławienia.", wanted="Usunięcie ofert w Polsce.",
            redress="Odwołanie w terminie 14 dni do organu.",
        ),
        came + dt.timedelta(minutes=10),
    )  # fmt: skip
    orders.check(
        order=order, missing=(), note="", goes_on=False, actor=world.person("senior"), at=came + dt.timedelta(hours=1)
    )


def _fresh(world: World) -> None:
    """Came this morning, and nobody has looked at it."""
    came = world.before(hours=1)
    _receive(
        world,
        Received(
            kind=OrderKind.ACT, authority="Bezirksgericht Rheinmark", country="AT", number="7 Cg 118/26",
            lines=[f"L-{each.pk}" for each in _offered("AT", "apparel", 1)], received_at=came, language="de", markets=("AT",),
            email="kanzlei@rheinmark.example", ground=NoticeGround.COUNTERFEIT, legal_basis="Art. 9 Verordnung (EU) 2022/2065",
            reasons="Einstweilige Verfügung, Verletzung eines Geschmacksmusters.", wanted="Entfernung des Angebots in Österreich.",
            redress="Rekurs binnen 14 Tagen.",
        ),
        came + dt.timedelta(minutes=20),
    )  # fmt: skip


def _receive(world: World, given: Received, at: dt.datetime) -> AuthorityOrder:
    order, _new = order_intake.receive(given=given, actor=world.person("investigator"), at=at)
    send(at + dt.timedelta(minutes=1))
    return order


def _offered(market: str, family: str, count: int) -> list[Listing]:
    """Offers in a market that nothing was said about; of any family where a small catalogue has none of this one."""
    rows = Listing.objects.filter(
        markets__contains=[market], violations=None, notice_items=None, authority_order_items=None
    )
    fitting = rows.filter(category__code__startswith=f"{family}/")
    return list((fitting if fitting.exists() else rows).order_by("external_id")[:count])


def send(at: dt.datetime) -> None:
    """Letters that are owed to authorities, as workers would have sent them then."""
    for key in queries.to_send(at):
        order_letters.deliver(letter_id=key, at=at)
