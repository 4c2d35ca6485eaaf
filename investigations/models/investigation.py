"""An investigation: what it collects, what is written about it, what is kept as evidence and who had it in hand, what came of it."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from governance.audit.models.append_only import append_only
from governance.policies.models import Policy
from governance.web.fulltext import written
from investigations.enums import CollectedKind, ExhibitKind, FindingKind, Handling, InvestigationState, SearchKind
from investigations.models.case import Case
from listings.models import Listing, Merchant


class Investigation(models.Model):
    """Staff see it as I- and its number. `question` is what it is to answer, `conclusion` the answer."""

    title = models.CharField(max_length=160)
    question = models.TextField()
    state = models.CharField(max_length=9, choices=InvestigationState.choices, default=InvestigationState.OPEN)
    conclusion = models.TextField(blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    concluded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=InvestigationState.values), name="investigation_state_known"),
            models.CheckConstraint(
                condition=Q(state=InvestigationState.CONCLUDED, concluded_at__isnull=False)
                | Q(state=InvestigationState.OPEN, concluded_at__isnull=True),
                name="investigation_concluded_at_iff_concluded",
            ),
        )
        indexes = (models.Index(fields=["-opened_at", "-id"], name="investigation_by_time"),)

    def __str__(self) -> str:
        return f"I-{self.pk}"


class InvestigationMember(models.Model):
    """Who works on it: whoever opened it, and whom a member has taken in."""

    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["investigation", "person"], name="one_membership"),)

    def __str__(self) -> str:
        return f"{self.investigation_id}: {self.person_id}"


class Collected(models.Model):
    """Something that belongs to it. A linked group is its merchants as they were: `content` has their keys; `merchant` is its hub."""

    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT, related_name="collected")
    kind = models.CharField(max_length=8, choices=CollectedKind.choices)
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    content = models.JSONField(default=dict, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "collected"
        constraints = (
            models.CheckConstraint(
                condition=Q(kind=CollectedKind.LISTING, listing__isnull=False, merchant__isnull=True, case__isnull=True)
                | Q(kind=CollectedKind.CASE, case__isnull=False, listing__isnull=True, merchant__isnull=True)
                | Q(
                    kind__in=[CollectedKind.MERCHANT, CollectedKind.GROUP],
                    merchant__isnull=False,
                    listing__isnull=True,
                    case__isnull=True,
                ),
                name="collected_is_one_thing",
            ),
            models.UniqueConstraint(
                fields=["investigation", "kind", "listing", "merchant", "case"],
                condition=Q(removed_at__isnull=True),
                nulls_distinct=False,
                name="collected_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.investigation_id}: {self.kind}"


class CollectedSearch(models.Model):
    """A search as it was then: its address, how much it found, and the hash of the keys."""

    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT, related_name="searches")
    title = models.CharField(max_length=160)
    kind = models.CharField(max_length=9, choices=SearchKind.choices, default=SearchKind.LISTINGS)
    query = models.CharField(max_length=4_000)
    found = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    ran_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = (append_only(),)

    def __str__(self) -> str:
        return self.title


class InvestigationNote(models.Model):
    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    written_at = models.DateTimeField()

    class Meta:
        indexes = (GinIndex(written("text"), name="investigation_note_by_words"),)
        triggers = (append_only(),)

    def __str__(self) -> str:
        return self.text[:60]


class InvestigationExhibit(models.Model):
    """A file (kept in the state folder under its hash), or a listing's page as it was (`content`, hashed as canonical JSON)."""

    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT, related_name="exhibits")
    kind = models.CharField(max_length=4, choices=ExhibitKind.choices)
    title = models.CharField(max_length=200)
    source = models.CharField(max_length=1000)
    sha256 = models.CharField(max_length=64)
    filename = models.CharField(max_length=200, blank=True)
    size = models.BigIntegerField()
    content = models.JSONField(null=True, blank=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["investigation", "sha256"], name="one_exhibit_per_hash"),)
        triggers = (append_only(),)

    def __str__(self) -> str:
        return self.title


class Custody(models.Model):
    """One handling of a piece of evidence. The rows of a piece are its chain of custody, from its taking on."""

    exhibit = models.ForeignKey(InvestigationExhibit, on_delete=models.PROTECT, related_name="custody")
    handling = models.CharField(max_length=10, choices=Handling.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "custody"
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.exhibit_id}: {self.handling}"


class Finding(models.Model):
    """What was found out, and what followed: cases, a proposed policy, or nothing."""

    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT, related_name="findings")
    kind = models.CharField(max_length=7, choices=FindingKind.choices)
    text = models.TextField()
    rule = models.TextField(blank=True, help_text="Of a proposed policy: the expression.")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    cases = models.ManyToManyField(Case, related_name="+")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(kind__in=FindingKind.values), name="finding_kind_known"),)

    def __str__(self) -> str:
        return self.text[:60]
