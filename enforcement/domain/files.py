"""Files that merchants send with an appeal: looked into, then kept under the hash of their content."""

import hashlib
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from enforcement.models import Appeal, AppealFile, ClarificationAnswer
from governance.web.refusals import Refusal

FOLDER = "appeals"
LARGEST = 20 * 1024 * 1024
MOST = 5
HEAD = 16
KINDS: tuple[tuple[bytes, int, str], ...] = (
    (b"%PDF-", 0, "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"WEBP", 8, "image/webp"),
)
"""What a file begins with, at which byte, and what it therefore is. Its name and the browser's word count for nothing."""


class FileRefused(Refusal):
    """`problem` is the key of the merchant's own words for it; `name` is the file's."""

    def __init__(self, problem: str, name: str, message: str) -> None:
        super().__init__(message)
        self.problem, self.name = problem, name


@dataclass(frozen=True)
class Sent:
    """A file as it came: its name and its content in pieces."""

    name: str
    chunks: Iterable[bytes]


@dataclass(frozen=True)
class Kept:
    name: str
    content_type: str
    size: int
    sha256: str


def keep(sent: Sent) -> Kept:
    """Write the content to its place; the same content twice is kept once. Raises FileRefused, keeping nothing."""
    folder = Path(settings.MEDIA_ROOT) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    digest, size, head = hashlib.sha256(), 0, b""
    name = _plain(sent.name)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".part-") as partial:
        for chunk in sent.chunks:
            size += len(chunk)
            if size > LARGEST:
                raise FileRefused("file_big", name, _("“%(name)s” is larger than 20 MB.") % {"name": name})
            head = head if len(head) >= HEAD else (head + chunk)[:HEAD]
            digest.update(chunk)
            partial.write(chunk)
        kind = content_type_of(head)
        if kind is None:
            raise FileRefused(
                "file_kind", name, _("“%(name)s” is neither a PDF nor a PNG, JPEG or WebP picture.") % {"name": name}
            )
        partial.flush()
        place = path_of(digest.hexdigest())
        if not place.exists():
            place.hardlink_to(partial.name)
    return Kept(name, kind, size, digest.hexdigest())


def keep_all(sent: Sequence[Sent]) -> list[Kept]:
    """All that came with one text. Raises FileRefused."""
    if len(sent) > MOST:
        raise FileRefused("files_many", "", _("At most five files can be sent."))
    return [keep(each) for each in sent]


def attach(*, appeal: Appeal, kept: Sequence[Kept], at: datetime, answer: ClarificationAnswer | None = None) -> None:
    AppealFile.objects.bulk_create(
        [AppealFile(appeal=appeal, answer=answer, added_at=at, **asdict(each)) for each in kept]
    )


def content_type_of(head: bytes) -> str | None:
    return next((kind for mark, at, kind in KINDS if head[at : at + len(mark)] == mark), None)


def path_of(sha256: str) -> Path:
    return Path(settings.MEDIA_ROOT) / FOLDER / sha256


def _plain(name: str) -> str:
    """The last part of a file's name, without what no file system or header should meet."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(each for each in last if each.isprintable())[-200:] or "file"
