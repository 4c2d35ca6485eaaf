"""Files that come with a request, as `multipart/form-data`: looked into and kept as those of the forms are."""

from collections.abc import Mapping, Sequence
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, serializers, status
from rest_framework.parsers import DataAndFiles, JSONParser, MultiPartParser

from enforcement.domain.files import LARGEST, MOST, Sent
from investigations.models import NoticeFile, OrderFile

FIELDS = 2
"""Of files, at most, in one request: what shows it, and the proof of a right."""
LARGEST_REQUEST = FIELDS * MOST * LARGEST + 2 * 1024 * 1024
"""Bytes: as many files as are taken, each as large as may be, and what is said with them."""
ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}


class RequestTooLarge(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too-large"
    default_detail = _(
        "More came than five files of 20 MB in each field. Nothing of it was kept: send fewer or smaller ones."
    )


class FilesParser(MultiPartParser):
    """Refuses before it writes anything to disk: by the length that is announced, and at the first file too many."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> DataAndFiles:
        request = (parser_context or {})["request"]
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_REQUEST:
            raise RequestTooLarge
        request.upload_handlers.insert(0, _Counted(request))
        return super().parse(stream, media_type, parser_context)


class _Counted(FileUploadHandler):
    """Keeps nothing itself; what comes goes on to the handlers after it."""

    files = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        self.files += 1
        if self.files > FIELDS * MOST:
            raise RequestTooLarge

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


PARSERS = [JSONParser, FilesParser]


class AttachedOut(serializers.Serializer):
    """A file as it is kept. What its sender called it does not come out: names of files tell names of people."""

    name = serializers.SerializerMethodField(help_text="Ours, such as `file-17.png`.")
    content_type = serializers.CharField(help_text="By what is in it, whatever its name says.")
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()

    def get_name(self, file: NoticeFile | OrderFile) -> str:
        return f"file-{file.pk}.{ENDINGS[file.content_type]}"


def files_in(what: str) -> serializers.ListField:
    return serializers.ListField(
        child=serializers.FileField(),
        default=list,
        max_length=MOST,
        help_text=f"{what} At most five files of 20 MB each: PDF, PNG, JPEG or WebP. Multipart only.",
    )


def sent(given: Sequence[UploadedFile]) -> list[Sent]:
    return [Sent(each.name or "", each.chunks()) for each in given]
