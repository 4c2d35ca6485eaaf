"""Writing listings: one way for imports, the API and everything else that makes or changes one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.audit.domain import entries
from governance.web.refusals import MoveRefused, Refusal
from listings.domain import link_marks
from listings.domain import listing_sql as sql
from listings.domain.copying import array, copy_into_temporary
from listings.domain.drafts import CertificateDraft, Key, ListingDraft
from listings.enums import ListingState, minor_digits
from listings.events import listings_changed, listings_replaced
from listings.models import Listing
from listings.queries.rates import rates_on
from listings.text import NORMALISER_VERSION, ListingText

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Written:
    """What became of a batch. `ids` has every row of it but the refused: new ones of a merchant who may not offer any.

    `changed_ids` are those that are new or differ; `mark` is the highest change number among them, 0 if there are none.
    """

    created: frozenset[Key]
    changed: frozenset[Key]
    ids: dict[Key, int]
    mark: int

    @property
    def changed_ids(self) -> list[int]:
        return sorted(self.ids[key] for key in self.created | self.changed)

    def is_refused(self, key: Key) -> bool:
        return key not in self.ids


class RightsSuspended(Refusal):
    """The merchant may not offer anything new at present."""


class DuplicateKeys(ValueError):
    """Two drafts of one batch have the same merchant and identifier."""


def write(*, drafts: Sequence[ListingDraft], source: str, at: datetime) -> Written:
    """Create or replace listings, each with a new version if anything differs; what is equal is not touched.

    Writers take one lock for the moment of the merge: two of them never lose a change to one another, and change
    numbers come in the order of the commits. The event `listings_changed` follows the commit.
    """
    if len({draft.key for draft in drafts}) != len(drafts):
        raise DuplicateKeys("Two drafts of a batch have the same merchant and identifier.")
    stored = _stored(drafts)
    differing = [draft for draft in drafts if stored.get(draft.key, (0, ""))[1] != draft.content_hash]
    ids = {key: pk for key, (pk, _hash) in stored.items()}
    if not differing:
        return Written(frozenset(), frozenset(), ids, 0)
    rates = rates_on(at.date())
    rows = [_row(draft, rates, at) for draft in differing]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.LOCK)
        copy_into_temporary(cursor, table="incoming", columns=sql.INCOMING, rows=rows)
        changed = _merge(cursor, sql.UPDATE, at)
        created = _merge(cursor, sql.INSERT, at)
        touched = changed | created
        ids |= {key: pk for key, (pk, _change) in touched.items()}
        if len(ids) < len(drafts):  # somebody else has written the very same content meanwhile
            ids |= {key: pk for key, (pk, _hash) in _stored(drafts).items()}
        mark = max((change for _pk, change in touched.values()), default=0)
        written = Written(frozenset(created), frozenset(changed), ids, mark)
        if touched:
            _write_parts(cursor, written, differing, source=source, at=at)
            _announce(written, at)
    return written


def put(*, draft: ListingDraft, actor: User | None, at: datetime, source: str = "api") -> tuple[Listing, Written]:
    """Create or replace one listing and say so in the log; an equal one leaves no trace."""
    with transaction.atomic():
        written = write(drafts=[draft], source=source, at=at)
        if written.is_refused(draft.key):
            raise RightsSuspended(
                _("This merchant may not offer anything new at present. Listings on sale may be changed.")
            )
        listing = Listing.objects.get(pk=written.ids[draft.key])
        if written.mark:
            verb = "listing.create" if written.created else "listing.change"
            _record(verb, listing, actor, at, {"version": listing.version, "source": source})
    return listing, written


def end(*, listing: Listing, actor: User | None, reason: str, at: datetime) -> Listing:
    """Take a listing off sale because its merchant does; importing it again puts it back."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.LOCK)  # before the row: writers that hold it wait for rows
        held = Listing.objects.select_for_update(no_key=True).get(pk=listing.pk)
        if held.state == ListingState.ENDED:
            raise MoveRefused(_("This listing has already ended."))
        write(drafts=[replace(draft_of(held), state=ListingState.ENDED)], source="end", at=at)
        held.refresh_from_db()
        _record("listing.end", held, actor, at, {"reason": reason})
    return held


def draft_of(listing: Listing) -> ListingDraft:
    """The draft that would leave this listing as it is."""
    certificates = listing.certificates.order_by("id").values_list(
        "type", "number", "issuer", "standard", "valid_from", "valid_until"
    )
    return ListingDraft(
        merchant_id=listing.merchant_id,
        external_id=listing.external_id,
        state=ListingState(listing.state),
        category_id=listing.category_id,
        category_code=listing.category.code if listing.category else "",
        title=listing.title,
        description=listing.description,
        language=listing.language,
        brand=listing.brand,
        sku=listing.sku,
        ean=listing.ean,
        condition=listing.condition,
        price_minor=listing.price_minor,
        currency=listing.currency,
        markets=tuple(listing.markets),
        attributes=listing.attributes,
        images=tuple(listing.images.order_by("position").values_list("url", flat=True)),
        certificates=tuple(CertificateDraft(*values) for values in certificates),
    )


def _stored(drafts: Collection[ListingDraft]) -> dict[Key, tuple[int, str]]:
    with connection.cursor() as cursor:
        merchants = [draft.merchant_id for draft in drafts]
        cursor.execute(sql.STORED, [merchants, [draft.external_id for draft in drafts]])
        return {(merchant, external): (pk, kept) for merchant, external, pk, kept in cursor.fetchall()}


def _row(draft: ListingDraft, rates: dict[str, Decimal], at: datetime) -> tuple[Any, ...]:
    text = ListingText(draft.title, draft.description, draft.attributes).normalised
    return (
        draft.merchant_id, draft.external_id, draft.state.value, draft.category_id, draft.title, draft.description,
        draft.language, draft.brand, draft.sku, draft.ean, draft.condition, draft.price_minor, draft.currency,
        euro(draft, rates), array(draft.markets), sql.as_json(draft.attributes), text.base, text.skeleton,
        NORMALISER_VERSION, draft.content_hash, draft.content.decode(), draft.created_at or at,
    )  # fmt: skip


def euro(draft: ListingDraft, rates: Mapping[str, Decimal]) -> Decimal | None:
    """The price in euro at these rates."""
    if draft.price_minor is None or draft.currency not in rates:
        return None
    amount = Decimal(draft.price_minor).scaleb(-minor_digits(draft.currency))
    return (amount / rates[draft.currency]).quantize(CENT)


def _merge(cursor: Any, statement: str, at: datetime) -> dict[Key, tuple[int, int]]:
    cursor.execute(statement, {"at": at})
    return {(merchant, external): (pk, change) for pk, merchant, external, change in cursor.fetchall()}


def _write_parts(cursor: Any, written: Written, drafts: Sequence[ListingDraft], *, source: str, at: datetime) -> None:
    touched = written.created | written.changed
    arguments = {"ids": written.changed_ids, "at": at, "source": source}
    cursor.execute(sql.VERSIONS, arguments)
    kept = [(written.ids[draft.key], draft) for draft in drafts if draft.key in touched]
    images = [(pk, place, url) for pk, draft in kept for place, url in enumerate(draft.images)]
    if images or written.changed:
        copy_into_temporary(cursor, table="incoming_image", columns=sql.IMAGES, rows=images)
        cursor.execute(sql.REPLACE_IMAGES, arguments)
    certificates = [
        (pk, draft.merchant_id, *(getattr(certificate, name) for name in CertificateDraft.__slots__))
        for pk, draft in kept
        for certificate in draft.certificates
    ]
    if certificates or written.changed:
        copy_into_temporary(cursor, table="incoming_certificate", columns=sql.CERTIFICATES, rows=certificates)
        cursor.execute(sql.REPLACE_CERTIFICATES, arguments)


def _announce(written: Written, at: datetime) -> None:
    merchants = {merchant for merchant, _external in written.created | written.changed}
    link_marks.owe_reading(merchant_ids=merchants, due=at + timedelta(minutes=settings.LINK_SETTLE_MINUTES))
    if written.changed:
        replaced = sorted(written.ids[key] for key in written.changed)
        listings_replaced.send(sender=Listing, listing_ids=replaced, at=at)
    told = {"listing_ids": written.changed_ids, "mark": written.mark}
    transaction.on_commit(lambda: listings_changed.send(sender=Listing, **told))


def _record(verb: str, listing: Listing, actor: User | None, at: datetime, data: dict[str, Any]) -> None:
    entries.record(verb=verb, actor=actor, subject_kind="listing", subject_id=listing.pk, at=at, data=data)
