"""Files that somebody sent, given back."""

from typing import Protocol

from django.http import FileResponse, Http404

from enforcement.domain import files


class KeptFile(Protocol):
    """A row that says where the content is and what it was called."""

    name: str
    content_type: str
    sha256: str


def as_download(kept: KeptFile) -> FileResponse:
    """Always as a download: what is in it never runs on our pages. Raises Http404 where the content is gone."""
    try:
        content = files.path_of(kept.sha256).open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(content, as_attachment=True, filename=kept.name, content_type=kept.content_type)
