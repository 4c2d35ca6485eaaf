"""Term lists: versioned, shared between policies."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from governance.audit.models.append_only import append_only
from governance.policies.enums import Reads


class TermList(models.Model):
    """A list that a rule names: `listing.text.mentions("strong_magnets")` reads its current version."""

    key = models.CharField(max_length=60, unique=True)
    names = models.JSONField(default=dict, help_text="Language → name; `en` is always there.")
    current = models.ForeignKey("TermListVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(key__regex=r"^[a-z][a-z0-9_]*$"), name="term_list_key_shape"),
        )

    def __str__(self) -> str:
        return self.key


class TermListVersion(models.Model):
    """The whole list as it was saved. `terms`, `exceptions` and `context` map a language to its words."""

    term_list = models.ForeignKey(TermList, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    reads = models.CharField(max_length=8, choices=Reads.choices, default=Reads.BASE)
    languages = ArrayField(models.CharField(max_length=8), default=list)
    terms = models.JSONField(default=dict)
    exceptions = models.JSONField(default=dict, help_text="Phrases in which a term does not count: “water gun”.")
    context = models.JSONField(default=dict, help_text="If given, one of these must stand near a term.")
    context_words = models.PositiveSmallIntegerField(default=8, help_text="How near, in words.")
    stems = models.BooleanField(default=False, help_text="A term also matches as the beginning of a word.")
    change_note = models.TextField(blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["term_list", "number"], name="one_term_list_version_per_number"),
            models.CheckConstraint(condition=Q(reads__in=Reads.values), name="term_list_reads_known"),
        )
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.term_list_id} v{self.number}"
