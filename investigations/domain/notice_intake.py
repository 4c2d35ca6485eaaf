"""Notices come in: by the public page, the API or a person's hand, with files, from whoever it is; confirmed at once (DSA Art. 16(4))."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from enforcement.domain import files
from enforcement.domain.files import Sent
from enforcement.queries import deadlines
from governance.accounts.models import User
from governance.web.references import random_reference
from governance.web.refusals import Refusal
from investigations.domain import notice_cases, notice_mail, reporters
from investigations.domain.acting import check_reasons
from investigations.domain.notice_log import record
from investigations.enums import (
    NAMELESS_GROUNDS,
    SAFETY_GROUNDS,
    NoticeChannel,
    NoticeGround,
    NoticeState,
    ReporterKind,
)
from investigations.models import Notice, NoticeFile, NoticeItem, NoticeMove, Reporter, ReporterRight
from listings.models import Listing, Merchant

LONGEST = 10_000
MOST = 50
"""Things in one notice."""
SAFETY_DAYS, TRUSTED_DAYS, USUAL_DAYS = 3, 3, 7
"""Working days of the merchant's country until a report is to be answered: product safety by Regulation (EU) 2023/988 Art. 22,
a trusted flagger's before others (DSA Art. 22(1)), the rest as appeals."""
FLAGGED, REPORTED = "TF", "NT"
"""What references begin with: the Transparency Database is told apart by it which decisions a trusted flagger led to."""

Thing = Listing | Merchant


class NothingNamed(Refusal):
    """No listing and no merchant, or more than one notice takes."""


class NameMissing(Refusal):
    """On this ground a notice needs name and address (DSA Art. 16(2)(c))."""


class GoodFaithMissing(Refusal):
    """Whoever reports states that they believe it (DSA Art. 16(2)(d))."""


@dataclass(frozen=True)
class Sender:
    """Who reports. `brand` and `register_number` are the right that they say is theirs, `proof` shows it; `order_number` is how they
    bought it."""

    kind: ReporterKind = ReporterKind.PERSON
    name: str = ""
    email: str = ""
    flagger: Reporter | None = None
    brand: str = ""
    register_number: str = ""
    order_number: str = ""
    proof: Sequence[Sent] = ()


NOBODY = Sender()


def receive(
    *,
    things: Sequence[Thing],
    ground: NoticeGround,
    reason: str,
    language: str,
    actor: User | None,
    at: datetime,
    sender: Sender = NOBODY,
    channel: NoticeChannel = NoticeChannel.STAFF,
    good_faith: bool = False,
    sent: Sequence[Sent] = (),
    key: str = "",
) -> Notice:
    """Put a report on record, confirm it to whoever reported, and let it wait in a case. Without an actor it came by the public page.

    `key` names the sending: a second one with the same key changes nothing and returns the first. What a suspended reporter sends
    is set aside. Raises ReasonsMissing, NothingNamed, NameMissing, GoodFaithMissing, FileRefused; then nothing is written.
    """
    _check(things, ground, reason, sender, good_faith, actor)
    sent_key = f"{actor.pk if actor else channel.value}:{key}" if key else ""
    before = Notice.objects.filter(sent_key=sent_key) if sent_key else Notice.objects.none()
    if found := before.first():
        return found
    kept, proof = files.keep_all(sent), files.keep_all(sender.proof)
    try:
        with transaction.atomic():
            notice, right = _write(ground, reason, language, actor, at, sender, channel, good_faith, sent_key)
            for each, of in ((kept, None), (proof, right)):
                NoticeFile.objects.bulk_create(
                    [NoticeFile(notice=notice, right=of, added_at=at, **asdict(file)) for file in each]
                )
            _write_items(notice, things, actor, at)
            return notice
    except IntegrityError:  # the same was sent at the same time
        if found := before.first():
            return found
        raise


def due_days(ground: NoticeGround | str, kind: ReporterKind | str) -> int:
    if ground in SAFETY_GROUNDS:
        return SAFETY_DAYS
    return TRUSTED_DAYS if kind == ReporterKind.FLAGGER else USUAL_DAYS


def due(item: NoticeItem, at: datetime) -> datetime:
    """By when it is to be answered, counted from `at`: the end of that day."""
    days = due_days(item.notice.ground, item.notice.reporter_kind)
    return deadlines.end_of_day(deadlines.counter(item.merchant.country)(at.date(), days))


def _check(
    things: Sequence[Thing], ground: NoticeGround, reason: str, sender: Sender, good_faith: bool, actor: User | None
) -> None:
    check_reasons(reason)
    if not 0 < len(things) <= MOST:
        raise NothingNamed(_("Name at least one listing, and at most 50."))
    if actor is not None:
        return
    if ground not in NAMELESS_GROUNDS and not (sender.name.strip() and sender.email.strip()):
        raise NameMissing(_("On this ground the law asks for your name and your e-mail address."))
    if not good_faith:
        raise GoodFaithMissing(_("Confirm that you believe what you report to be right."))


def _write(
    ground: NoticeGround,
    reason: str,
    language: str,
    actor: User | None,
    at: datetime,
    sender: Sender,
    channel: NoticeChannel,
    good_faith: bool,
    sent_key: str,
) -> tuple[Notice, ReporterRight | None]:
    reporter = reporters.on_record(
        kind=sender.kind,
        name=sender.name,
        email=sender.email,
        language=language,
        user=actor,
        flagger=sender.flagger,
        at=at,
    )
    kind, right = reporters.kind_of(reporter, sender.kind, ground, at), None
    if reporter is not None and sender.brand.strip() and kind == ReporterKind.RIGHTS_HOLDER:
        right = reporters.claim_right(
            reporter=reporter, brand=sender.brand, register_number=sender.register_number, at=at
        )
    flagger = reporter is not None and reporter.kind == ReporterKind.FLAGGER
    notice = Notice.objects.create(
        reference=random_reference(FLAGGED if kind == ReporterKind.FLAGGER else REPORTED, at),
        ground=ground,
        reason=reason.strip(),
        good_faith=good_faith,
        channel=channel,
        reporter=reporter,
        reporter_kind=kind,
        reporter_name=reporter.name if reporter and flagger else sender.name.strip(),
        reporter_email=reporter.email if reporter and flagger else sender.email.strip(),
        right=right,
        order_number=sender.order_number.strip(),
        language=reporter.language if reporter and flagger else language,
        sent_key=sent_key,
        entered_by=actor,
        received_at=at,
    )
    return notice, right


def _write_items(notice: Notice, things: Sequence[Thing], actor: User | None, at: datetime) -> None:
    aside = notice.reporter is not None and notice.reporter.is_suspended(at)
    to = NoticeState.SET_ASIDE if aside else NoticeState.RECEIVED
    due_on: dict[str, datetime] = {}
    items = []
    for merchant, listing in _subjects(things):
        item = NoticeItem(notice=notice, merchant=merchant, listing=listing, state=to, received_at=at)
        item.due_at = due_on.get(merchant.country) or due_on.setdefault(merchant.country, due(item, at))
        items.append(item)
    NoticeItem.objects.bulk_create(items)
    mail = notice_mail.owe(items=items, was=None, to=to, text="", at=at)
    NoticeMove.objects.bulk_create(
        [NoticeMove(item=item, to_state=to, actor=actor, mail=mail, moved_at=at) for item in items]
    )
    record("notice.set_aside" if aside else "notice.received", notice, items, actor, at)
    if not aside:
        notice_cases.open_owed(at=at, items=[item.pk for item in items])


def _subjects(things: Sequence[Thing]) -> Mapping[tuple[Merchant, Listing | None], None]:
    """Each thing once, in the order in which they were named."""
    pairs = ((each, None) if isinstance(each, Merchant) else (each.merchant, each) for each in things)
    return dict.fromkeys(pairs)
