"""One listing or one merchant for which a policy's rule holds true."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from enforcement.enums import ClosedBecause, Owed, ViolationState
from enforcement.models.sweep import Sweep
from governance.policies.models import Policy, PolicyVersion
from listings.models import Listing, Merchant


class Violation(models.Model):
    """Open at most once per policy and subject. `merchant` is always set; `listing` only when the listing is the subject.

    `explanation` is what the engine recorded: the tree of conditions with the values seen, and matched terms with offsets.

    Policy and merchant have no index of their own: those below begin with them.
    """

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="violations", db_index=False)
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="violations")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="violations", db_index=False)
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, null=True, blank=True, related_name="violations")
    listing_version = models.PositiveIntegerField(null=True, blank=True)
    markets = ArrayField(models.CharField(max_length=2), default=list)
    explanation = models.JSONField(default=dict)
    mode = models.CharField(max_length=8, help_text="The policy's mode when it was found: shadow, review, enforce.")
    state = models.CharField(max_length=6, choices=ViolationState.choices, default=ViolationState.OPEN)
    owed = models.CharField(max_length=8, choices=Owed.choices, default=Owed.NOTHING)
    found_by = models.ForeignKey(Sweep, on_delete=models.SET_NULL, null=True, blank=True, related_name="found")
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField(help_text="When a sweep last saw it hold.")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_because = models.CharField(max_length=12, choices=ClosedBecause.choices, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["policy", "listing"],
                condition=Q(state=ViolationState.OPEN, listing__isnull=False),
                name="one_open_violation_per_listing",
            ),
            models.UniqueConstraint(
                fields=["policy", "merchant"],
                condition=Q(state=ViolationState.OPEN, listing__isnull=True),
                name="one_open_violation_per_merchant",
            ),
            models.CheckConstraint(condition=Q(state__in=ViolationState.values), name="violation_state_known"),
            models.CheckConstraint(condition=Q(owed__in=Owed.values), name="violation_owed_known"),
            models.CheckConstraint(
                condition=Q(state=ViolationState.OPEN, closed_at__isnull=True, closed_because="")
                | (Q(state=ViolationState.CLOSED, closed_at__isnull=False) & ~Q(closed_because="")),
                name="violation_closed_with_a_cause",
            ),
            models.CheckConstraint(
                condition=Q(state=ViolationState.OPEN) | Q(owed=Owed.NOTHING), name="violation_closed_owes_nothing"
            ),
            models.CheckConstraint(
                condition=Q(listing__isnull=True, listing_version__isnull=True)
                | Q(listing__isnull=False, listing_version__isnull=False),
                name="violation_names_the_listing_version",
            ),
        )
        indexes = (
            models.Index(fields=["owed", "id"], condition=~Q(owed="nothing"), name="violation_owed"),
            models.Index(fields=["-found_at", "-id"], name="violation_by_time"),
            models.Index(fields=["merchant", "policy", "state"], name="violation_by_cause"),
            models.Index(fields=["policy", "state"], name="violation_by_policy"),
            models.Index(
                fields=["policy", "listing", "listing_version"],
                condition=Q(closed_because__in=["dismissed", "overturned"]),
                name="violation_settled_by_a_person",
            ),
        )

    def __str__(self) -> str:
        return f"V-{self.pk}"
