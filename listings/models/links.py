"""What ties merchants to one another, and what it is found by."""

from django.db import models
from django.db.models import F, Q

from listings.enums import LinkKind, LinkStep
from listings.models.catalogue import Listing
from listings.models.merchant import Merchant


class LinkMark(models.Model):
    """One thing a merchant has that another may have, too. Personal values stand here as keyed hashes and cannot be read back.

    `listing` is an example of it where the mark is of a picture or a text. Marks of bank accounts and devices are given by the
    marketplace; all others are read from the merchant's record and listings.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="marks", db_index=False)
    kind = models.CharField(max_length=16, choices=LinkKind.choices)
    digest = models.CharField(max_length=32)
    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["merchant", "kind", "digest"], name="one_mark_per_merchant"),)
        indexes = (models.Index(fields=["digest", "kind", "merchant"], name="mark_by_digest"),)

    def __str__(self) -> str:
        return f"{self.merchant_id} {self.kind}"


class LinkOwed(models.Model):
    """Owed: the merchant's marks are to be read again, or their links found again. Gone once it is done.

    A merchant may stand here several times: whoever owes never waits for whoever finds.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+", db_index=False)
    step = models.CharField(max_length=4, choices=LinkStep.choices)
    due_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(step__in=LinkStep.values), name="link_step_known"),)
        indexes = (
            models.Index(fields=["step", "due_at"], name="link_owed_by_time"),
            models.Index(fields=["merchant", "step"], name="link_owed_of_merchant"),
        )

    def __str__(self) -> str:
        return f"{self.merchant_id} {self.step}"


class MerchantLink(models.Model):
    """Two merchants that share something. Stored once, the smaller key first; personal values only as a hash.

    `common` counts the things of this kind that both have; `shared_hash` is the rarest. A link that no longer holds has an end.
    """

    first = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="links_as_first")
    second = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="links_as_second")
    kind = models.CharField(max_length=16, choices=LinkKind.choices)
    shared_hash = models.CharField(max_length=64, blank=True)
    common = models.PositiveIntegerField(default=1)
    strength = models.FloatField(default=1.0, help_text="0 to 1.")
    found_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["first", "second", "kind"],
                condition=Q(ended_at__isnull=True),
                name="one_live_link_per_pair_and_kind",
            ),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="link_smaller_key_first"),
            models.CheckConstraint(condition=Q(strength__gte=0, strength__lte=1), name="link_strength_share"),
        )

    def __str__(self) -> str:
        return f"{self.first_id}–{self.second_id} {self.kind}"
