"""What comes from outside: reports of buyers, a brand owner, a trusted flagger, and one who misuses them, through the weeks and today."""

import datetime as dt

from enforcement.domain.files import Sent
from governance.cli.world import papers
from governance.cli.world.days import World
from governance.cli.world.rollout import Desk, deliver
from governance.policies.enums import Matter, Measure
from investigations.domain import (
    cases,
    claims,
    notice_answers,
    notice_cases,
    notice_intake,
    notice_mail,
    notices,
    reporters,
)
from investigations.domain.notice_intake import Sender
from investigations.domain.reporters import Award
from investigations.enums import NoticeChannel, NoticeGround, NoticeState, ReporterKind, Verdict
from investigations.models import Notice, NoticeItem, Reporter
from investigations.queries import notices as queries
from listings.models import Listing

UNSAFE, SCAM, FAKE = NoticeGround.UNSAFE, NoticeGround.SCAM, NoticeGround.COUNTERFEIT
INFORMATION = NoticeGround.CONSUMERS
BUYERS: tuple[tuple[str, str, str, NoticeGround, str, str], ...] = (
    ("Martha Lindqvist", "en", "toys", UNSAFE, "product-manufacturer-identity",
     "A small wheel came off on the first day and my son had it in his mouth. There is no maker's name on the box."),
    ("Jonas Ahrend", "de", "electronics", UNSAFE, "product-responsible-person",
     "Das Netzteil wird nach zehn Minuten so heiß, dass es nach Kunststoff riecht. Auf dem Gerät steht keine Anschrift."),
    ("Claire Vautrin", "fr", "beauty", UNSAFE, "product-manufacturer-identity",
     "Réaction cutanée dès la première application ; l’étiquette ne porte ni fabricant ni liste d’ingrédients."),
    ("Agnieszka Rolska", "pl", "home", INFORMATION, "product-identification",
     "W opisie jest inny model niż ten, który przyszedł. Na opakowaniu nie ma numeru partii ani modelu."),
    ("ليلى المنصوري", "ar", "apparel", INFORMATION, "product-identification",
     "المنتج الذي وصلني يختلف عن الصور، ولا يوجد عليه أي رقم طراز أو اسم للمصنّع."),
    ("Emre Kaldırım", "tr", "home", INFORMATION, "product-manufacturer-identity",
     "Üründe üretici bilgisi yok, satıcıya iki kez yazdım, cevap gelmedi."),
    ("Sanne Verbruggen", "nl", "sport", UNSAFE, "product-responsible-person",
     "De sluiting brak tijdens het fietsen. Er staat nergens wie in Europa verantwoordelijk is."),
    ("Lucía Maldonado", "es", "apparel", SCAM, "off-platform-contact",
     "El vendedor me pidió pagar por transferencia fuera de la tienda para «ahorrar la comisión»."),
    ("Pietro Garzelli", "it", "electronics", INFORMATION, "product-identification",
     "Nell’annuncio non c’è il modello, e il prodotto ricevuto non è quello della foto."),
)  # fmt: skip
UNFOUNDED = (
    "Competitor sells under my price. Remove immediately!!!",
    "This shop is illegal, everybody knows. Delete all of it.",
    "Wrong colour of the picture. Must be removed.",
    "Seller is a thief, I can prove it later.",
)
NOTHING_WRONG = (
    "The listing names maker and model, and the pictures show both on the pack. We found nothing that is against the law.",
    "What arrived differs from what you ordered; please use the return. The offer itself is correct.",
)
ABUSER = ("Ruben Castellane", "ruben.castellane@mail.example")
BRAND = "Lumivara"


def is_there() -> bool:
    return Notice.objects.exists()


def make(world: World) -> None:
    desk = Desk(world)
    _flagger(world)
    for number, day in enumerate(world.working_days()):
        if world.chance.random() > 0.05 + 0.35 * world.size:
            continue
        at = world.on(day, world.chance.randint(7, 14), world.chance.randint(0, 59))
        item = _from_buyer(world, BUYERS[number % len(BUYERS)], at)
        if item is not None:
            _answer(world, desk, item, at, BUYERS[number % len(BUYERS)][4], fine=world.chance.random() < 0.4)
    _brand_owner(world, desk)
    _trusted(world, desk)
    _abuse(world)
    _send(world.now)


def _listings(world: World, family: str) -> list[Listing]:
    """An honest offer of a family that nothing was said about yet; each once."""
    if family not in world.offers:
        rows = Listing.objects.filter(category__code__startswith=family, violations=None, merchant__suspended_at=None)
        world.offers[family] = list(rows.select_related("merchant").order_by("external_id")[:200])
        world.chance.shuffle(world.offers[family])
    known = world.offers[family]
    return [known.pop()] if known else [Listing.objects.select_related("merchant").order_by("-pk")[:1].get()]


def _from_buyer(
    world: World, buyer: tuple[str, str, str, NoticeGround, str, str], at: dt.datetime
) -> NoticeItem | None:
    name, language, family, ground, _slug, reason = buyer
    number = world.chance.randint(2, 9_999)
    sender = Sender(kind=ReporterKind.BUYER, name=name, email=f"buyer-{number}@post.example")
    return _receive(world, family, ground, reason, language, sender, at)


def _receive(
    world: World, family: str, ground: NoticeGround, reason: str, language: str, sender: Sender, at: dt.datetime
) -> NoticeItem | None:
    """By the public page; a flagger's letter by a person's hand."""
    by_hand = sender.flagger is not None
    notice = notice_intake.receive(
        things=_listings(world, family),
        ground=ground,
        reason=reason,
        language=language,
        actor=world.person("senior") if by_hand else None,
        at=at,
        sender=sender,
        channel=NoticeChannel.STAFF if by_hand else NoticeChannel.PAGE,
        good_faith=True,
    )
    _send(at + dt.timedelta(minutes=2))
    return notice.items.first()


def _answer(world: World, desk: Desk, item: NoticeItem, at: dt.datetime, slug: str, *, fine: bool) -> None:
    """In its case, within some days. What came in the last days waits."""
    wanted = at + dt.timedelta(hours=world.chance.uniform(2, 60))
    if wanted + dt.timedelta(days=3) > world.now:
        return
    username = world.chance.choice(("moderator", "colleague", "arabic"))
    person = world.person(username)
    seconds = world.chance.randint(70, 420)
    begun = desk.sits(username, wanted, seconds)
    case = NoticeItem.objects.select_related("case_item__case").get(pk=item.pk).case_item.case  # type: ignore[union-attr]
    ended = begun + dt.timedelta(seconds=seconds)
    claims.claim(case=case, person=person, at=begun)
    case = notice_cases.choose_policy(
        case=case, policy=world.policies[slug], actor=person, at=begun + dt.timedelta(seconds=20)
    )
    version = world.version(slug)
    waiting = case.items.filter(settled_at=None)
    verdict = Verdict.FINE if fine or not _offered(waiting, version.jurisdictions) else Verdict.VIOLATES
    cases.decide(
        case=case,
        verdicts={each.pk: verdict for each in waiting},
        measure=Measure(version.default_measure) if verdict == Verdict.VIOLATES else None,
        actor=person,
        reason="The buyer's account fits what the listing leaves out.",
        fine_reason=world.chance.choice(NOTHING_WRONG),
        at=ended,
    )
    deliver(ended + dt.timedelta(minutes=2))
    notice_answers.answer_judged(at=ended + dt.timedelta(minutes=3))
    _send(ended + dt.timedelta(minutes=5))


def _offered(items: object, jurisdictions: list[str]) -> bool:
    return all(set(item.listing.markets) & set(jurisdictions) for item in items if item.listing)  # type: ignore[attr-defined]


def _flagger(world: World) -> Reporter:
    return reporters.enter_flagger(
        award=Award(
            name="Verein Sicheres Spielen",
            email="meldung@sicheres-spielen.example",
            language="de",
            coordinator="Bundesnetzagentur, Digital Services Coordinator",
            areas=(Matter.UNSAFE_AND_PROHIBITED_PRODUCTS, Matter.PROTECTION_OF_MINORS),
            valid_from=world.ago(70).date(),
        ),
        actor=world.person("senior"),
        at=world.ago(70, 10),
    )


def _trusted(world: World, desk: Desk) -> None:
    """Two reports of the flagger, one answered and one of yesterday that waits with its three days."""
    flagger = Reporter.objects.get(kind=ReporterKind.FLAGGER)
    sender = Sender(kind=ReporterKind.FLAGGER, flagger=flagger)
    for days, reason in (
        (
            16,
            "Im Kugelfallversuch lösten sich Teile unter 31,7 mm; auf dem Produkt fehlt der Hersteller. Prüfbericht VS-311.",
        ),
        (
            1,
            "Testkauf: Batteriefach ohne Schraube, zwei Knopfzellen sind frei zugänglich. Fotos und Bericht VS-327 folgen.",
        ),
    ):
        at = world.ago(days, 8, 12)
        item = _receive(world, "toys", UNSAFE, reason, "de", sender, at)
        if item is not None:
            _answer(world, desk, item, at, "product-manufacturer-identity", fine=False)


def _brand_owner(world: World, desk: Desk) -> None:
    """With proof of the right; one report acted upon, one waiting, one appealed by the brand's owner."""
    for days, reason in (
        (23, "The seller is not licensed. The lamp copies our registered design, and the name on the box is ours."),
        (5, "Same design as the one that you took down on our first report, now from another seller."),
        (12, "The housing is our registered design. We ask you to look at the base of the lamp."),
    ):
        at = world.ago(days, 9, 30)
        sender = Sender(
            kind=ReporterKind.RIGHTS_HOLDER, name="Lumivara Design AG", email="brand@lumivara.example", brand=BRAND,
            register_number="DM/214 880",
            proof=[Sent("registration.pdf", [papers.pdf("Certificate of registration DM/214 880", "Holder: Lumivara Design AG")])],
        )  # fmt: skip
        item = _receive(world, "home", FAKE, reason, "en", sender, at)
        if item is not None:
            _answer(world, desk, item, at, "counterfeit-wording", fine=days == 12)
    contested = NoticeItem.objects.filter(notice__right__isnull=False, state=NoticeState.NO_ACTION).first()
    if contested is not None:
        text = "Please compare the base with page 2 of the registration: the three feet are the protected part."
        notices.appeal(item=contested, text=text, at=world.ago(2, 11))


def _abuse(world: World) -> None:
    """Unfounded reports of one person: warned, then suspended; what came afterwards is set aside."""
    name, email = ABUSER
    senior, sender = world.person("senior"), Sender(kind=ReporterKind.PERSON, name=name, email=email)
    for number, days in enumerate((30, 28, 24, 20)):
        item = _receive(world, "apparel", SCAM, UNFOUNDED[number], "en", sender, world.ago(days, 12))
        if item is not None:
            reasons = "Nothing in the listing supports this report."
            notices.no_action(
                item=item, reasons=reasons, actor=world.person("moderator"), at=world.ago(days - 1, 9), unfounded=True
            )
    reporter = Reporter.objects.get(email=email)
    warned = "Four reports without any ground within ten days. If it goes on, we set your reports aside for a time."
    reporters.warn(reporter=reporter, reasons=warned, actor=senior, at=world.ago(17, 10))
    item = _receive(world, "apparel", SCAM, "As I said: illegal shop!", "en", sender, world.ago(13, 15))
    if item is not None:
        notices.no_action(
            item=item,
            reasons="Again nothing supports it.",
            actor=world.person("moderator"),
            at=world.ago(12, 10),
            unfounded=True,
        )
    reporters.suspend(
        reporter=reporter, reasons="Further unfounded reports after the warning.", until=world.now + dt.timedelta(days=40),
        actor=senior, at=world.ago(11, 10),
    )  # fmt: skip
    _receive(world, "apparel", SCAM, "You protect criminals. Delete this shop now.", "en", sender, world.ago(6, 16))


def _send(at: dt.datetime) -> None:
    """What is owed to reporters, as workers would have sent it then."""
    for key in queries.to_send(at):
        notice_mail.deliver(mail_id=key, at=at)
