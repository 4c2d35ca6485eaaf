"""Files that come with a request, as `multipart/form-data`: looked into and kept as those of the forms are."""

from collections.abc import Sequence

from django.core.files.uploadedfile import UploadedFile
from rest_framework import serializers
from rest_framework.parsers import JSONParser, MultiPartParser

from enforcement.domain.files import MOST, Sent

PARSERS = [JSONParser, MultiPartParser]


class AttachedOut(serializers.Serializer):
    """A file as it is kept."""

    name = serializers.CharField()
    content_type = serializers.CharField(help_text="By what is in it, whatever its name says.")
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()


def files_in(what: str) -> serializers.ListField:
    return serializers.ListField(
        child=serializers.FileField(),
        default=list,
        max_length=MOST,
        help_text=f"{what} At most five files of 20 MB each: PDF, PNG, JPEG or WebP. Multipart only.",
    )


def sent(given: Sequence[UploadedFile]) -> list[Sent]:
    return [Sent(each.name or "", each.chunks()) for each in given]
