"""Alerts of product safety authorities, what they said in each version, and the listings that may be the product."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from enforcement.models import Decision
from governance.audit.models.append_only import append_only
from investigations.enums import SOURCE_NAMES, KeyKind, MatchKind, MatchState, RecallSource
from listings.models import Listing


class RecallAlert(models.Model):
    """One alert as it is now; what it said before is in its versions.

    `owed_at` says since when the catalogue is to be read against it. `modified_at` is the publisher's.
    """

    source = models.CharField(max_length=12, choices=RecallSource.choices)
    reference = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    country = models.CharField(max_length=2, blank=True)
    published_on = models.DateField(null=True, blank=True)
    modified_at = models.DateTimeField(null=True, blank=True)
    product = models.TextField(blank=True, help_text="What kind of product it is.")
    name = models.TextField(blank=True, help_text="What it is called where it is sold.")
    description = models.TextField(blank=True)
    brands = ArrayField(models.TextField(), default=list)
    model_names = ArrayField(models.TextField(), default=list)
    barcodes = ArrayField(models.TextField(), default=list)
    batches = ArrayField(models.TextField(), default=list)
    risk_types = ArrayField(models.CharField(max_length=40), default=list)
    risk = models.TextField(blank=True)
    measures = ArrayField(models.TextField(), default=list)
    link = models.TextField(blank=True)
    language = models.CharField(max_length=8, default="en")
    content_hash = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    corrected_at = models.DateTimeField(null=True, blank=True)
    owed_at = models.DateTimeField(null=True, blank=True)
    matched_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["source", "reference"], name="one_alert_per_reference"),
            models.CheckConstraint(condition=Q(source__in=RecallSource.values), name="recall_source_known"),
            models.CheckConstraint(condition=~Q(reference=""), name="recall_has_a_reference"),
        )
        indexes = (
            models.Index(fields=["-published_on", "-id"], name="recall_by_day"),
            models.Index(fields=["owed_at", "id"], condition=Q(owed_at__isnull=False), name="recall_owed"),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def full_name(self) -> str:
        """Publisher and reference, for those who read no console."""
        return f"{SOURCE_NAMES[RecallSource(self.source)]} {self.reference}".strip()

    @property
    def title(self) -> str:
        """Brand and name, for a heading."""
        named = [*self.brands[:1], self.name or self.product]
        return " ".join(part for part in named if part) or self.reference


class RecallVersion(models.Model):
    """What an alert said when it came, and after each corrigendum. Kept as it came."""

    alert = models.ForeignKey(RecallAlert, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    came_by = models.ForeignKey("RecallImport", on_delete=models.PROTECT, related_name="versions")
    received_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["alert", "number"], name="one_recall_version_per_number"),)
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.alert_id} v{self.number}"


class RecallImport(models.Model):
    """One file, request or fetch: what went in and what did not. `faults` names each row that was kept out."""

    origin = models.CharField(max_length=300, help_text="The file's name, API, or the address.")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    created = models.PositiveIntegerField(default=0)
    corrected = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    faults = models.JSONField(default=list)

    class Meta:
        indexes = (models.Index(fields=["-at", "-id"], name="recall_import_by_time"),)

    def __str__(self) -> str:
        return self.origin


class RecallKey(models.Model):
    """What an alert is found by: barcodes, brands, models and telling words, normalised. Made anew with each version."""

    alert = models.ForeignKey(RecallAlert, on_delete=models.CASCADE, related_name="keys")
    kind = models.CharField(max_length=5, choices=KeyKind.choices)
    key = models.TextField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["kind", "key", "alert"], name="one_recall_key"),)

    def __str__(self) -> str:
        return f"{self.kind}: {self.key}"


class RecallMark(models.Model):
    """Up to which change the catalogue has been read against the alerts. One row."""

    change = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.change)


class RecallMatch(models.Model):
    """A listing, in one version, that may be the recalled product.

    `sureness` is 0 to 100. `basis` are the parts that are equal: what, as the alert and as the listing writes it.
    `against` is what speaks against it. `decision` is what followed.
    """

    alert = models.ForeignKey(RecallAlert, on_delete=models.PROTECT, related_name="matches")
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="recall_matches")
    listing_version = models.PositiveIntegerField()
    kind = models.CharField(max_length=5, choices=MatchKind.choices)
    sureness = models.PositiveSmallIntegerField()
    basis = models.JSONField(default=list)
    against = models.JSONField(default=list)
    state = models.CharField(max_length=9, choices=MatchState.choices, default=MatchState.OPEN)
    found_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.ForeignKey(
        Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="recall_matches"
    )

    class Meta:
        verbose_name_plural = "recall matches"
        constraints = (
            models.UniqueConstraint(fields=["alert", "listing", "listing_version"], name="one_recall_match"),
            models.CheckConstraint(condition=Q(state__in=MatchState.values), name="recall_match_state_known"),
            models.CheckConstraint(condition=Q(kind__in=MatchKind.values), name="recall_match_kind_known"),
            models.CheckConstraint(condition=Q(sureness__lte=100), name="recall_match_sure_in_percent"),
            models.CheckConstraint(
                condition=Q(decision__isnull=True) | Q(state=MatchState.CONFIRMED), name="recall_acted_if_confirmed"
            ),
        )
        indexes = (
            models.Index(fields=["alert", "-sureness", "id"], name="recall_match_by_sureness"),
            models.Index(fields=["alert"], condition=Q(state="open"), name="recall_match_open"),
            models.Index(fields=["listing"], condition=Q(state="open"), name="recall_match_of_listing"),
        )

    def __str__(self) -> str:
        return f"{self.alert_id}: L-{self.listing_id}"

    @property
    def is_exact(self) -> bool:
        """A barcode, or brand and model, and nothing that speaks against it."""
        return self.kind != MatchKind.TEXT and not self.against


class RecallMatchMove(models.Model):
    """Empty actor: the program, because alert or listing changed."""

    match = models.ForeignKey(RecallMatch, on_delete=models.PROTECT, related_name="moves")
    from_state = models.CharField(max_length=9, choices=MatchState.choices)
    to_state = models.CharField(max_length=9, choices=MatchState.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    moved_at = models.DateTimeField()

    class Meta:
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.match_id}: {self.to_state}"
