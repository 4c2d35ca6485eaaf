"""Evidence of an investigation: kept under its hash, and every handling of it a row."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

import orjson
from django.db import transaction
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.web.refusals import Refusal
from investigations.domain import investigations
from investigations.domain.files import path_of, store
from investigations.enums import ExhibitKind, Handling
from investigations.models import Custody, Investigation, InvestigationExhibit
from listings.models import Listing, ListingVersion

LONGEST = 200


class NotThere(Refusal):
    """The file is missing from the folder of evidence."""


@transaction.atomic
def add_file(
    *,
    investigation: Investigation,
    title: str,
    source: str,
    filename: str,
    chunks: Iterable[bytes],
    actor: User,
    at: datetime,
) -> InvestigationExhibit:
    """Keep a file under its hash, with where it comes from. The same file given again is what is there already."""
    investigation = investigations.lock_open(investigation, actor)
    if not source.strip():
        raise Refusal(_("Say where the file comes from."), errors={"source": _("An address, a person, a system.")})
    sha256, size = store(chunks, f"i{investigation.pk}-{actor.pk}-{at.timestamp()}")
    return _added(
        investigation, actor, at, kind=ExhibitKind.FILE, title=title.strip() or filename, source=source.strip(),
        sha256=sha256, size=size, filename=filename[-LONGEST:],
    )  # fmt: skip


@transaction.atomic
def capture(*, investigation: Investigation, listing: Listing, actor: User, at: datetime) -> InvestigationExhibit:
    """Keep a listing as it is now, whatever the merchant makes of it later."""
    investigation = investigations.lock_open(investigation, actor)
    version = ListingVersion.objects.get(listing=listing, number=listing.version)
    pictures = list(listing.images.order_by("position").values("url", "sha256"))
    content = {
        "listing": f"L-{listing.pk}",
        "version": version.number,
        "merchant": listing.merchant.name,
        "content": version.content,
        "pictures": pictures,
    }
    written = canonical(content)
    return _added(
        investigation, actor, at, kind=ExhibitKind.PAGE,
        title=_("L-%(id)s, version %(version)s") % {"id": listing.pk, "version": version.number},
        source=f"L-{listing.pk}", sha256=hashlib.sha256(written).hexdigest(), size=len(written), content=content,
    )  # fmt: skip


@transaction.atomic
def verify(*, exhibit: InvestigationExhibit, actor: User, at: datetime) -> bool:
    """Reckon the hash anew; whether it matches, stands in the chain of custody. Also of what is concluded."""
    investigations.lock(exhibit.investigation, actor)
    matches = _matches(exhibit)
    handle(exhibit, Handling.VERIFIED if matches else Handling.FAILED, actor=actor, at=at)
    return matches


@transaction.atomic
def download(*, exhibit: InvestigationExhibit, actor: User, at: datetime) -> bytes:
    """The evidence itself, for whoever may read the investigation. Raises NotThere."""
    data = canonical(exhibit.content) if exhibit.kind == ExhibitKind.PAGE else _read(exhibit)
    handle(exhibit, Handling.DOWNLOADED, actor=actor, at=at)
    return data


def handle(exhibit: InvestigationExhibit, handling: Handling, *, actor: User, at: datetime, note: str = "") -> None:
    Custody.objects.create(exhibit=exhibit, handling=handling, person=actor, note=note, at=at)
    data = {"exhibit": exhibit.pk, "title": exhibit.title, "handling": handling.value, "sha256": exhibit.sha256}
    investigations.record("investigation.evidence_handled", exhibit.investigation, actor=actor, at=at, data=data)


def canonical(content: object) -> bytes:
    """JSON with sorted keys and without spaces: what the hash of a captured page is of."""
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)


def _added(
    investigation: Investigation, actor: User, at: datetime, *, title: str, sha256: str, **fields: object
) -> InvestigationExhibit:
    if there := investigation.exhibits.filter(sha256=sha256).first():
        return there
    added = InvestigationExhibit.objects.create(
        investigation=investigation, title=title[:LONGEST], sha256=sha256, taken_by=actor, taken_at=at, **fields
    )
    handle(added, Handling.TAKEN, actor=actor, at=at, note=added.source[:LONGEST])
    return added


def _matches(exhibit: InvestigationExhibit) -> bool:
    if exhibit.kind == ExhibitKind.PAGE:
        return hashlib.sha256(canonical(exhibit.content)).hexdigest() == exhibit.sha256
    try:
        return hashlib.sha256(_read(exhibit)).hexdigest() == exhibit.sha256
    except NotThere:
        return False


def _read(exhibit: InvestigationExhibit) -> bytes:
    try:
        return path_of(exhibit.sha256).read_bytes()
    except OSError:
        raise NotThere(_("The file is missing on the server. Its hash is kept, and the chain of custody.")) from None
