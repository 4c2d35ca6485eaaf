"""Waivers: a policy does not apply to a merchant, a brand or a listing, for a reason and until a day."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from governance.policies.models.policy import Policy
from listings.models import Listing, Merchant


class Waiver(models.Model):
    """Exactly one of merchant, brand (of any merchant, compared without case) and listing."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="waivers")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, null=True, blank=True, related_name="waivers")
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, null=True, blank=True, related_name="waivers")
    brand = models.CharField(max_length=200, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    proof = models.TextField(help_text="What was seen: a document's number, a link, a letter's date.")
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="Last day on which it holds.")
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(merchant__isnull=False, listing__isnull=True, brand="")
                | Q(merchant__isnull=True, listing__isnull=False, brand="")
                | (Q(merchant__isnull=True, listing__isnull=True) & ~Q(brand="")),
                name="waiver_for_exactly_one",
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="waiver_ends_after_it_starts"),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(proof=""), name="waiver_has_reason_and_proof"),
        )
        indexes = (models.Index(fields=["policy", "ends_on"], name="waiver_by_policy"),)

    def __str__(self) -> str:
        return f"{self.policy_id} until {self.ends_on}"
