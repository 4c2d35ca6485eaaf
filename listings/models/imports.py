"""Imports: one row per file, and every row of a file that did not go in."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from listings.enums import ImportKind, ImportState, RowFate, RowReason
from listings.models.reference import Category


class ImportRun(models.Model):
    """One file or stream. rows_read = created + changed + unchanged + parked + refused, after every batch.

    `rows_read` is also where a run that was cut off goes on: it is written in the transaction of the batch it counts.
    """

    kind = models.CharField(max_length=12, choices=ImportKind.choices, default=ImportKind.LISTINGS)
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.QUEUED)
    filename = models.CharField(max_length=255)
    stored_as = models.CharField(max_length=400, blank=True, help_text="Path in the state folder.")
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    mapping_name = models.CharField(max_length=60, blank=True)
    mapping = models.JSONField(default=dict, help_text="As it was used: columns to fields, constants, conversions.")
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
    noted = models.BigIntegerField(default=0, help_text="Of those that went in: with a value left out.")
    notes = models.JSONField(default=list, help_text="What the reader found out: encoding, delimiter, sheet.")
    error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    progress_at = models.DateTimeField(
        null=True, blank=True, help_text="Last batch; a run without one for long is begun again."
    )
    attempts = models.PositiveSmallIntegerField(default=0, help_text="Starts since the last batch that went in.")
    cancel_asked_at = models.DateTimeField(null=True, blank=True)
    settle_asked_at = models.DateTimeField(
        null=True, blank=True, help_text="Its parked rows are to be tried again; empty when that is done."
    )

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="import_state_known"),
            models.CheckConstraint(condition=Q(kind__in=ImportKind.values), name="import_kind_known"),
            models.CheckConstraint(
                condition=Q(
                    rows_read=F("created") + F("changed") + F("unchanged") + F("parked") + F("refused"),
                    created__gte=0,
                    changed__gte=0,
                    unchanged__gte=0,
                    parked__gte=0,
                    refused__gte=0,
                ),
                name="import_adds_up",
            ),
        )
        indexes = (models.Index(fields=["-created_at", "-id"], name="import_by_time"),)

    def __str__(self) -> str:
        return self.filename


class ImportRow(models.Model):
    """A row that did not go in, or went in without a value, with what it takes to correct it.

    `raw` is the row as it was read; empty for noted rows, which are in the catalogue. A row with several notes has
    the first in `column`, `value` and `reason`, and all of them in `detail["notes"]`.
    """

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rows")
    line = models.BigIntegerField(help_text="Line of the file on which the row begins; the head is line 1.")
    fate = models.CharField(max_length=8, choices=RowFate.choices)
    column = models.CharField(max_length=200, blank=True)
    value = models.TextField(blank=True)
    reason = models.CharField(max_length=24, choices=RowReason.choices)
    detail = models.JSONField(default=dict)
    raw = models.JSONField(default=dict)
    settled_at = models.DateTimeField(null=True, blank=True, help_text="A parked row that has gone in since.")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["run", "line"], name="one_fate_per_line"),
            models.CheckConstraint(condition=Q(fate__in=RowFate.values), name="row_fate_known"),
            models.CheckConstraint(condition=Q(reason__in=RowReason.values), name="row_reason_known"),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | Q(fate=RowFate.PARKED), name="only_parked_rows_settle"
            ),
        )
        indexes = (
            models.Index(fields=["run", "fate", "line"], name="row_by_fate"),
            models.Index(
                fields=["run", "reason", "id"],
                condition=Q(fate=RowFate.PARKED, settled_at__isnull=True),
                name="row_unsettled",
            ),
        )

    def __str__(self) -> str:
        return f"{self.run_id}:{self.line}"


class ImportKey(models.Model):
    """The identifiers that a run has met, so that a second row with one is found whatever the file's size.

    Deleted when the run ends.
    """

    pk = models.CompositePrimaryKey("run_id", "key")
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="+")
    key = models.UUIDField(help_text="MD5 of the row's identifier.")
    line = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.run_id}:{self.key}"


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
