"""Files that somebody sent, given back."""

from django.http import FileResponse, Http404

from enforcement.domain import files
from enforcement.models import AppealFile, DisputeDocument


def as_download(kept: AppealFile | DisputeDocument) -> FileResponse:
    """Always as a download: what is in it never runs on our pages. Raises Http404 where the content is gone."""
    try:
        content = files.path_of(kept.sha256).open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(content, as_attachment=True, filename=kept.name, content_type=kept.content_type)
