"""A sweep runs policies over the catalogue, in chunks that may each run twice."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from enforcement.enums import ChunkState, SweepKind, SweepPriority, SweepState
from governance.audit.models.append_only import append_only
from governance.policies.models import PolicyVersion


class Sweep(models.Model):
    """What, why, who, and up to which change of the listings. Counts are summed from the chunks."""

    kind = models.CharField(max_length=10, choices=SweepKind.choices)
    state = models.CharField(max_length=10, choices=SweepState.choices, default=SweepState.QUEUED)
    scope_key = models.CharField(max_length=40, default="catalogue", help_text="One live sweep at a time per scope.")
    reason = models.CharField(max_length=300, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    priority = models.SmallIntegerField(choices=SweepPriority.choices, default=SweepPriority.NORMAL)
    since_change = models.BigIntegerField(default=-1, help_text="Listings changed after this mark; -1 means all.")
    since_at = models.DateTimeField(
        null=True, blank=True, help_text="What has changed beside listings since then; null means all."
    )
    mark = models.BigIntegerField(default=0, help_text="The listings' highest change when the sweep began.")
    total = models.BigIntegerField(default=0, help_text="Listings to look at.")
    error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=SweepState.values), name="sweep_state_known"),
            models.CheckConstraint(condition=Q(kind__in=SweepKind.values), name="sweep_kind_known"),
            models.CheckConstraint(condition=Q(priority__in=SweepPriority.values), name="sweep_priority_known"),
            models.UniqueConstraint(
                fields=["scope_key"],
                condition=Q(state__in=[SweepState.RUNNING, SweepState.PAUSED]),
                name="one_sweep_at_work_per_scope",
            ),
        )
        indexes = (models.Index(fields=["-created_at", "-id"], name="sweep_by_time"),)

    def __str__(self) -> str:
        return f"Sweep {self.pk}"


class SweepMove(models.Model):
    sweep = models.ForeignKey(Sweep, on_delete=models.PROTECT, related_name="moves")
    from_state = models.CharField(max_length=10, choices=SweepState.choices)
    to_state = models.CharField(max_length=10, choices=SweepState.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    moved_at = models.DateTimeField()

    class Meta:
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.sweep_id}: {self.from_state} → {self.to_state}"


class SweepPolicy(models.Model):
    """A policy version in a sweep, with the mode it had when the sweep began and what became of it."""

    sweep = models.ForeignKey(Sweep, on_delete=models.CASCADE, related_name="policies")
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    mode = models.CharField(max_length=8)
    fingerprint = models.CharField(
        max_length=32, blank=True, help_text="Of all that decides what it says of an unchanged listing."
    )
    everywhere = models.BooleanField(default=True, help_text="Read for all listings, not only for those that changed.")
    held = models.BooleanField(default=False, help_text="The mass-effect brake holds it: found, not acted upon.")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["sweep", "version"], name="one_version_per_sweep"),)

    def __str__(self) -> str:
        return f"{self.sweep_id}: {self.version_id}"


class Chunk(models.Model):
    """A range of keys, first and last included; its counts are written in the transaction that completes it.

    `counts` maps a policy version's id to looked_at, matched, confirmed, undecidable, new, closed, waived, settled.
    `subject` says which table's keys: listings or merchants.
    """

    sweep = models.ForeignKey(Sweep, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    subject = models.CharField(max_length=10, default="listings")
    keys = ArrayField(
        models.BigIntegerField(),
        null=True,
        blank=True,
        help_text="Those to look at, with the policies that are not read everywhere; null: the whole range.",
    )
    first_key = models.BigIntegerField()
    last_key = models.BigIntegerField()
    size = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=ChunkState.choices, default=ChunkState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    counts = models.JSONField(default=dict)
    hits = models.PositiveIntegerField(default=0)
    broken = models.JSONField(default=list, help_text="Listings that broke evaluation, with the error.")
    error = models.TextField(blank=True)
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["sweep", "number"], name="one_chunk_per_number"),
            models.CheckConstraint(condition=Q(state__in=ChunkState.values), name="chunk_state_known"),
        )
        indexes = (
            models.Index(
                fields=["sweep", "number"], condition=Q(state__in=["waiting", "running"]), name="chunk_unfinished"
            ),
        )

    def __str__(self) -> str:
        return f"{self.sweep_id}/{self.number}"
