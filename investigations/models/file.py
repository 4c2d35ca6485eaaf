"""What people add to a case: notes, evidence, translations by hand. Nothing of it is edited."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from governance.audit.models.append_only import append_only
from governance.web.fulltext import written
from investigations.enums import EvidenceKind
from investigations.models.case import Case
from listings.models import Listing


class Note(models.Model):
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    written_at = models.DateTimeField()

    class Meta:
        indexes = (GinIndex(written("text"), name="note_by_words"),)
        triggers = (append_only(),)

    def __str__(self) -> str:
        return self.text[:60]


class Evidence(models.Model):
    """A file (kept in the state folder under its hash), a link or a snapshot, with who took it and when."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=8, choices=EvidenceKind.choices)
    title = models.CharField(max_length=200)
    source = models.CharField(max_length=1000, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    content = models.JSONField(default=dict)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "evidence"
        triggers = (append_only(),)

    def __str__(self) -> str:
        return self.title


class HandTranslation(models.Model):
    """What a listing's text says in another language, written by a person who reads it, for the version that they read."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="translations")
    version = models.PositiveIntegerField()
    language = models.CharField(max_length=8)
    text = models.TextField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["listing", "version"], name="translation_by_version"),)
        triggers = (append_only(),)

    def __str__(self) -> str:
        return self.text[:60]
