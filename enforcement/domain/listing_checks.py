"""May these listings go live? Read against the policies in force without keeping anything, unless they are to be stored."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog
from django.utils.translation import gettext as _

from enforcement import engine
from enforcement.domain import clearing
from enforcement.domain.clearing import Judged
from enforcement.engine import Outcome, Standing, facts
from enforcement.engine.active import Applying
from enforcement.engine.evaluation import outcomes
from enforcement.enums import GOES_LIVE
from enforcement.language.asked import Languages
from enforcement.queries.offers import Known
from governance.accounts.models import User
from governance.policies.language import Subject
from governance.web.refusals import Refusal
from listings.domain import listings
from listings.domain.drafts import Key, ListingDraft
from listings.domain.imports import single
from listings.domain.imports.fields import Note
from listings.domain.imports.listing_rows import ListingReader, ListingRow
from listings.enums import ListingState

Document = Mapping[str, Any]
"""A listing in the neutral format with `merchant_id` and, if it has one yet, `listing_id`."""
NO_REFERENCE = "-"
"""Stands in for an identifier while a listing that has none is read."""
log = structlog.get_logger(__name__)


class MerchantUnknown(Refusal):
    """Nothing can be said of a listing before its merchant is known."""


class NamedTwice(Refusal):
    """Of two listings with one identifier only the first is stored."""


@dataclass(frozen=True)
class Stored:
    """What storing came to. An equal listing was left alone: it keeps its version."""

    id: int
    version: int
    created: bool


@dataclass(frozen=True)
class Checked:
    """The answer for one listing. `notes` are values that cannot be kept and were left out of it."""

    document: Document
    judged: Judged
    notes: Sequence[Note]
    stored: Stored | None = None


Answer = Checked | Exception
"""Each document has its own answer: what is wrong with one is no concern of the others."""


def check(
    *, documents: Sequence[Document], languages: Languages, store: bool, actor: User | None, at: datetime
) -> list[Answer]:
    """Answer each document in its place: how it is judged, or the refusal.

    Nothing is written, not even to the log, unless `store` is set: then a listing whose every market lets it go live is written
    as if it had been pushed.
    """
    using = single.reader()
    rows = [_read(using, document) for document in documents]
    read = [row for row in rows if isinstance(row, ListingRow)]
    standing = engine.standing(at=at)
    needs = frozenset().union(*(_applying(standing, row).needs for row in read))
    known = facts.known([(row.merchant, row.values["external_id"]) for row in read], needs=needs)
    drafts = [_draft(row, document, known) for row, document in zip(rows, documents, strict=True)]
    found = _found(standing, drafts, rows, known, needs, at)
    answers: list[Answer] = []
    judged = clearing.judge(standing, found, known, languages=languages, at=at)
    for row, draft, document in zip(rows, drafts, documents, strict=True):
        said = next(judged) if isinstance(draft, ListingDraft) else draft
        noted = row.notes if isinstance(row, ListingRow) else []
        answers.append(said if isinstance(said, Exception) else Checked(document, said, noted))
    return list(_stored(answers, actor, at)) if store else answers


def _read(using: ListingReader, document: Document) -> ListingRow | Refusal:
    try:
        return single.read_listing(
            using,
            merchant_id=document["merchant_id"],
            listing_id=document.get("listing_id") or NO_REFERENCE,
            values=document,
        )
    except Refusal as refusal:
        return refusal


def _draft(row: ListingRow | Refusal, document: Document, known: Known) -> ListingDraft | Refusal:
    if isinstance(row, Refusal):
        return row
    merchant = known.sellers.get(row.merchant)
    if merchant is None:
        words = _("There is no merchant with this identifier. Push the merchant first.")
        return MerchantUnknown(_("The listing cannot be checked."), errors={"merchant_id": words})
    draft = row.draft(merchant)
    return draft if document.get("listing_id") else replace(draft, external_id="")


def _found(
    standing: Standing,
    drafts: Sequence[ListingDraft | Refusal],
    rows: Sequence[ListingRow | Refusal],
    known: Known,
    needs: frozenset[str],
    at: datetime,
) -> list[tuple[ListingDraft, list[Outcome] | Exception]]:
    """What holds and what cannot be decided of each draft that there is."""
    pairs = [
        (draft, _applying(standing, row))
        for draft, row in zip(drafts, rows, strict=True)
        if isinstance(draft, ListingDraft) and isinstance(row, ListingRow)
    ]
    concerned = [draft for draft, applying in pairs if applying.policies]
    subjects = iter(facts.drafted(concerned, known, standing.readable, needs=needs, at=at))
    return [
        (draft, _outcomes(standing, next(subjects), applying, at) if applying.policies else [])
        for draft, applying in pairs
    ]


def _outcomes(standing: Standing, subject: Subject, applying: Applying, at: datetime) -> list[Outcome] | Exception:
    try:
        return outcomes(applying, standing.policies.environment.row(subject, at))
    except Exception as error:  # one listing that nobody foresaw must not take the others with it
        reference = subject.listing.reference if subject.listing else ""
        log.exception("check_failed", merchant=subject.merchant.reference, listing=reference)
        return error


def _applying(standing: Standing, row: ListingRow) -> Applying:
    """What applies to a listing. What has ended breaks nothing."""
    markets = row.values["markets"] if row.values["state"] == ListingState.ON_SALE else ()
    return standing.policies.applying(row.values["category_code"] or None, markets)


def _stored(answers: Sequence[Answer], actor: User | None, at: datetime) -> Iterator[Answer]:
    seen: set[Key] = set()
    for answer in answers:
        if isinstance(answer, Exception) or answer.judged.verdict not in GOES_LIVE:
            yield answer
            continue
        draft = answer.judged.draft
        if draft.key in seen:
            words = _("A listing with this identifier stands further up in this request.")
            yield NamedTwice(_("The listing was not stored."), errors={"listing_id": words})
            continue
        seen.add(draft.key)
        try:
            listing, written = listings.put(draft=draft, actor=actor, at=at)
        except Refusal as refusal:  # the merchant's rights went while we looked
            yield refusal
            continue
        yield replace(answer, stored=Stored(listing.pk, listing.version, bool(written.created)))
