"""Orders come in by a person's hand or the API, once per authority and number; what they name and we do not know is kept as it is."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from enforcement.domain import files
from enforcement.domain.files import Kept, Sent
from enforcement.queries import deadlines
from governance.accounts.models import User
from governance.web.references import random_reference
from governance.web.refusals import Refusal
from investigations.domain import order_letters
from investigations.domain.order_states import record
from investigations.enums import NoticeGround, OrderChannel, OrderKind, OrderOutcome, OrderState
from investigations.models import AuthorityOrder, OrderFile, OrderItem, OrderMove
from investigations.queries import ordered_things, orders
from investigations.text.identifiers import compact
from listings.models import Listing

LONGEST, LONGEST_LINE = 10_000, 1_000
MOST_LINES, MOST_ITEMS = 200, 1_000
SAFETY_DAYS = 2
"""Working days, at the very most (Regulation (EU) 2023/988 Art. 22(4))."""


class IssuerMissing(Refusal):
    """Neither an authority nor a number by which it can be known again."""


class NothingNamed(Refusal):
    """No line, or more than one order takes."""


class NotYetReceived(Refusal):
    """It was received in the future, or what it asks for lies before it."""


@dataclass(frozen=True)
class Received:
    """An order as it says it. `lines` are what it names; `term_at` and `tell_after` where it states them."""

    kind: OrderKind
    authority: str
    country: str
    number: str
    lines: Sequence[str]
    received_at: datetime
    language: str = "en"
    markets: Sequence[str] = ()
    email: str = ""
    contact: str = ""
    ground: NoticeGround = NoticeGround.OTHER
    legal_basis: str = ""
    reasons: str = ""
    wanted: str = ""
    redress: str = ""
    term_at: datetime | None = None
    tell_after: datetime | None = None
    sent: Sequence[Sent] = field(default_factory=tuple)


def receive(
    *, given: Received, actor: User, at: datetime, channel: OrderChannel = OrderChannel.STAFF
) -> tuple[AuthorityOrder, bool]:
    """Put an order on record and owe its receipt; whether it is new. The same authority and number again is the same order: nothing of
    it changes, but files that it did not have are added by whoever may see it. Raises IssuerMissing, NothingNamed, NotYetReceived, FileRefused; then
    nothing is written."""
    _check(given, at)
    kept = files.keep_all(given.sent)
    if before := same(given):
        return _again(before, kept, actor, at), False
    try:
        with transaction.atomic():
            return _write(given, kept, actor, at, channel), True
    except IntegrityError:  # the same was entered at the same time
        if before := same(given):
            return _again(before, kept, actor, at), False
        raise


def same(given: Received) -> AuthorityOrder | None:
    """The order that is on record under this authority and number."""
    authority, number = _keys(given)
    return AuthorityOrder.objects.filter(country=given.country, authority_key=authority, number_key=number).first()


def due(kind: OrderKind, country: str, received_at: datetime, term_at: datetime | None) -> datetime:
    """By when effect is to be given: the term that is stated, of product safety at most two working days; else our own."""
    days = SAFETY_DAYS if kind == OrderKind.SAFETY else settings.AUTHORITY_ORDER_DAYS
    usual = deadlines.end_of_day(deadlines.working_days_after(country, received_at.date(), days))
    if term_at is None:
        return usual
    return min(usual, term_at) if kind == OrderKind.SAFETY else term_at


def _keys(given: Received) -> tuple[str, str]:
    """Case, spaces and signs do not make another authority or number; where nothing else is left, they do."""
    return tuple(compact(each) or each.strip().casefold() for each in (given.authority, given.number))  # type: ignore[return-value]


def _check(given: Received, at: datetime) -> None:
    if not all(_keys(given)):
        raise IssuerMissing(_("Give the authority’s name and its number of the order: by them it is known again."))
    if not any(line.strip() for line in given.lines):
        raise NothingNamed(_("Copy what the order names, one on each line. What we do not find is kept as it is."))
    if len(given.lines) > MOST_LINES or any(len(line) > LONGEST_LINE for line in given.lines):
        raise NothingNamed(_("An order takes at most 200 lines of 1,000 characters. Enter the others as a second one."))
    if given.received_at > at:
        raise NotYetReceived(_("The order was received in the future. Correct the day."))
    if any(moment and moment < given.received_at for moment in (given.term_at, given.tell_after)):
        raise NotYetReceived(_("What the order asks for lies before the day on which it came. Correct the days."))


def _write(given: Received, kept: Sequence[Kept], actor: User, at: datetime, channel: OrderChannel) -> AuthorityOrder:
    authority, number = _keys(given)
    order = AuthorityOrder.objects.create(
        reference=random_reference("OR", at),
        kind=given.kind,
        authority=given.authority.strip(),
        authority_key=authority,
        country=given.country,
        contact=given.contact.strip(),
        email=given.email.strip(),
        number=given.number.strip(),
        number_key=number,
        ground=given.ground,
        legal_basis=given.legal_basis.strip(),
        reasons=given.reasons.strip(),
        wanted=given.wanted.strip(),
        redress=given.redress.strip(),
        markets=sorted(set(given.markets)),
        language=given.language,
        channel=channel,
        received_at=given.received_at,
        entered_at=at,
        entered_by=actor,
        term_at=given.term_at,
        due_at=due(given.kind, given.country, given.received_at, given.term_at),
        tell_after=given.tell_after,
    )
    items = _items(order, given.lines)
    OrderItem.objects.bulk_create(items)
    _add_files(order, kept, at)
    OrderMove.objects.create(order=order, to_state=OrderState.RECEIVED, actor=actor, moved_at=at)
    order_letters.owe_receipt(order, at=at)
    unknown = sum(item.outcome == OrderOutcome.UNKNOWN for item in items)
    data = {"kind": order.kind, "authority": order.authority, "number": order.number}
    record("authority_order.received", order, actor, at, **data, items=len(items), unknown=unknown)
    return order


def _items(order: AuthorityOrder, lines: Sequence[str]) -> list[OrderItem]:
    items = []
    for line, meant in ordered_things.find_all(lines):
        for thing in meant:
            listing = thing if isinstance(thing, Listing) else None
            merchant = thing.merchant if isinstance(thing, Listing) else thing
            items.append(OrderItem(order=order, named=line, merchant=merchant, listing=listing))
        if not meant:
            items.append(OrderItem(order=order, named=line, outcome=OrderOutcome.UNKNOWN))
    if len(items) > MOST_ITEMS:
        raise NothingNamed(_("These are more than 1,000 listings. Enter them as several orders."))
    return items


def _again(order: AuthorityOrder, kept: Sequence[Kept], actor: User, at: datetime) -> AuthorityOrder:
    if not orders.visible(actor).filter(pk=order.pk).exists():
        return order
    with transaction.atomic():
        known = set(order.files.values_list("sha256", flat=True))
        new = [file for file in kept if file.sha256 not in known]
        _add_files(order, new, at)
        if new:
            record("authority_order.file_added", order, actor, at, files=len(new))
    return order


def _add_files(order: AuthorityOrder, kept: Sequence[Kept], at: datetime) -> None:
    OrderFile.objects.bulk_create(
        [OrderFile(order=order, added_at=at, **asdict(file)) for file in kept], ignore_conflicts=True
    )
