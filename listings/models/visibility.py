"""What shoppers see. A projection of the restrictions in force: it can be thrown away and rebuilt."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from listings.enums import Exposure, Label
from listings.models.catalogue import Listing


class ListingVisibility(models.Model):
    """One listing in one market, only where it is not simply shown. Written by `listings.domain.visibility` alone."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="visibility")
    market = models.CharField(max_length=2)
    exposure = models.CharField(max_length=10, choices=Exposure.choices)
    minimum_age = models.PositiveSmallIntegerField(null=True, blank=True)
    demoted = models.BooleanField(default=False, help_text="Comes last in results and is not recommended.")
    labels = ArrayField(models.CharField(max_length=20, choices=Label.choices), default=list, blank=True)
    causes = ArrayField(models.BigIntegerField(), help_text="Restrictions in force that make it so.")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["listing", "market"], name="one_visibility_per_market"),
            models.CheckConstraint(
                condition=Q(exposure__in=[Exposure.AGE_GATED, Exposure.HIDDEN]) | Q(demoted=True) | ~Q(labels=[]),
                name="only_what_is_not_simply_shown",
            ),
            models.CheckConstraint(condition=Q(exposure__in=Exposure.values), name="exposure_known"),
            models.CheckConstraint(condition=Q(labels__contained_by=Label.values), name="labels_known"),
            models.CheckConstraint(
                condition=Q(exposure=Exposure.AGE_GATED, minimum_age__isnull=False) | ~Q(exposure=Exposure.AGE_GATED),
                name="age_gate_has_an_age",
            ),
        )
        indexes = (models.Index(fields=["market", "exposure"], name="visibility_by_market"),)

    def __str__(self) -> str:
        return f"L-{self.listing_id} {self.market} {self.exposure}"
