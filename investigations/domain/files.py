"""What people add to a case: notes, links, files, snapshots of listings, translations. Nothing of it is edited later."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.web.refusals import Refusal
from investigations.domain import moves, telling
from investigations.enums import EvidenceKind, News
from investigations.models import Case, CaseItem, Evidence, HandTranslation, Note
from investigations.queries import colleagues, family
from listings.models import ListingVersion

FOLDER = "evidence"


@transaction.atomic
def note(*, case: Case, actor: User, text: str, at: datetime) -> Note:
    """Those whom it names by @ and their pseudonym, and who may read the case, are told."""
    if not text.strip():
        raise Refusal(_("The note is empty."))
    written = Note.objects.create(case=case, author=actor, text=text.strip(), written_at=at)
    named = colleagues.named(written.text, colleagues.who_may_read(case)) if "@" in written.text else []
    moves.record("case.noted", case, actor=actor, at=at, data={"note": written.pk}, told=named)
    telling.tell(people=named, kind=News.MENTION, case=case, actor=actor, note=written, text=written.text, at=at)
    return written


@transaction.atomic
def add_link(*, case: Case, actor: User, title: str, source: str, at: datetime) -> Evidence:
    return _add(case, actor, at, kind=EvidenceKind.LINK, title=title, source=source)


@transaction.atomic
def add_file(*, case: Case, actor: User, title: str, filename: str, chunks: Iterable[bytes], at: datetime) -> Evidence:
    """Keep a file under its hash. The same file is in a case once: given again, it is what is there already."""
    sha256, size = store(chunks, f"{case.pk}-{actor.pk}-{at.timestamp()}")
    moves.lock(case)
    same = Evidence.objects.filter(case__in=family.keys(case), kind=EvidenceKind.FILE, sha256=sha256)
    if there := same.order_by("pk").first():
        return there
    content = {"filename": filename, "size": size}
    return _add(case, actor, at, kind=EvidenceKind.FILE, title=title, sha256=sha256, content=content)


@transaction.atomic
def add_snapshot(*, item: CaseItem, actor: User, at: datetime) -> Evidence:
    """Keep a listing as it is now, whatever the merchant makes of it later."""
    if item.listing is None:
        raise Refusal(_("A merchant has no snapshot; add a file or a link."))
    listing = item.listing
    version = ListingVersion.objects.get(listing=listing, number=listing.version)
    return _add(
        item.case,
        actor,
        at,
        kind=EvidenceKind.SNAPSHOT,
        title=_("L-%(id)s, version %(version)s") % {"id": listing.pk, "version": version.number},
        source=f"L-{listing.pk}",
        content=version.content,
        sha256=hashlib.sha256(version.content_hash.encode()).hexdigest(),
    )


@transaction.atomic
def translate(*, item: CaseItem, language: str, text: str, actor: User, at: datetime) -> HandTranslation:
    """Say in one's own words, in another language, what the listing says. It stands beside that version of it in every case."""
    if item.listing is None:
        raise Refusal(_("A merchant has no text to translate."))
    if not text.strip():
        raise Refusal(_("The translation is empty."))
    written = HandTranslation.objects.create(
        listing=item.listing,
        version=item.read_version,
        language=language,
        text=text.strip(),
        author=actor,
        written_at=at,
    )
    data = {"translation": written.pk, "listing": item.listing_id, "language": language}
    moves.record("case.translated", item.case, actor=actor, at=at, data=data)
    return written


def store(chunks: Iterable[bytes], name: str) -> tuple[str, int]:
    """Write a file whole or not at all; its SHA-256, under which it is found, and its size. `name` is its own until then."""
    digest, size = hashlib.sha256(), 0
    folder = Path(settings.MEDIA_ROOT) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f".{name}"
    with partial.open("wb") as file:
        for chunk in chunks:
            digest.update(chunk)
            size += file.write(chunk)
    partial.replace(path_of(digest.hexdigest()))
    return digest.hexdigest(), size


def path_of(sha256: str) -> Path:
    return Path(settings.MEDIA_ROOT) / FOLDER / sha256


def _add(case: Case, actor: User, at: datetime, *, kind: EvidenceKind, title: str, **fields: object) -> Evidence:
    added = Evidence.objects.create(case=case, kind=kind, title=title, taken_by=actor, taken_at=at, **fields)
    data = {"evidence": added.pk, "kind": kind.value, "title": title}
    moves.record("case.evidence_added", case, actor=actor, at=at, data=data)
    return added
