"""Imports: one row per file, and every row of a file that did not go in."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from listings.enums import ImportKind, ImportState, RowFate
from listings.models.reference import Category


class ImportRun(models.Model):
    """One file or stream. rows_read = created + changed + unchanged + parked + refused, always."""

    kind = models.CharField(max_length=12, choices=ImportKind.choices, default=ImportKind.LISTINGS)
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.QUEUED)
    filename = models.CharField(max_length=255)
    stored_as = models.CharField(max_length=400, blank=True, help_text="Path in the state folder.")
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    mapping = models.JSONField(default=dict)
    dry_run = models.BooleanField(default=False)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    bytes_done = models.BigIntegerField(default=0)
    rows_read = models.BigIntegerField(default=0)
    created = models.BigIntegerField(default=0)
    changed = models.BigIntegerField(default=0)
    unchanged = models.BigIntegerField(default=0)
    parked = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    notes = models.JSONField(default=list, help_text="What the reader found out: encoding, delimiter, sheet.")
    error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="import_state_known"),
            models.CheckConstraint(condition=Q(kind__in=ImportKind.values), name="import_kind_known"),
            models.CheckConstraint(
                condition=~Q(state=ImportState.FINISHED)
                | Q(
                    rows_read=models.F("created")
                    + models.F("changed")
                    + models.F("unchanged")
                    + models.F("parked")
                    + models.F("refused")
                ),
                name="import_adds_up",
            ),
        )
        indexes = (models.Index(fields=["-created_at", "-id"], name="import_by_time"),)

    def __str__(self) -> str:
        return self.filename


class ImportRow(models.Model):
    """A row that did not go in, with what it takes to correct it."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rows")
    line = models.BigIntegerField()
    fate = models.CharField(max_length=8, choices=RowFate.choices)
    column = models.CharField(max_length=200, blank=True)
    value = models.TextField(blank=True)
    reason = models.CharField(max_length=60, help_text="Code; its sentence is rendered in the reader's language.")
    detail = models.JSONField(default=dict)
    raw = models.JSONField(help_text="The row as it was read.")
    settled_at = models.DateTimeField(null=True, blank=True, help_text="A parked row that has gone in since.")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["run", "line"], name="one_fate_per_line"),
            models.CheckConstraint(condition=Q(fate__in=RowFate.values), name="row_fate_known"),
        )
        indexes = (models.Index(fields=["fate", "id"], condition=Q(settled_at__isnull=True), name="row_unsettled"),)

    def __str__(self) -> str:
        return f"{self.run_id}:{self.line}"


class CategoryAlias(models.Model):
    """A category's name as some source writes it, mapped to ours by a person or by an exact match."""

    source = models.CharField(max_length=60, blank=True, help_text="Mapping's name; empty for every source.")
    name_key = models.CharField(max_length=400, help_text="Case-folded, spaces and separators normalised.")
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="aliases")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "category aliases"
        constraints = (models.UniqueConstraint(fields=["source", "name_key"], name="one_alias_per_name"),)

    def __str__(self) -> str:
        return self.name_key
