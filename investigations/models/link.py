"""What follows from links between merchants: a projection that is reckoned anew in the background. No decision follows from it."""

from django.db import models
from django.db.models import Q

from listings.models import Merchant


class LinkGroup(models.Model):
    """Merchants who hang together by links. `first` has the smallest key and stands for the group, `hub` has the most and strongest ties.

    `risk` is that of the riskiest member who may still sell; `stopped` counts those suspended or terminated. `kinds` counts the
    members' pairs by what ties them.
    """

    first = models.OneToOneField(Merchant, on_delete=models.CASCADE, related_name="+")
    hub = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+")
    size = models.PositiveIntegerField()
    stopped = models.PositiveIntegerField(default=0)
    risk = models.FloatField(default=0)
    kinds = models.JSONField(default=dict)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(size__gte=2), name="link_group_of_two"),)
        indexes = (
            models.Index(fields=["-risk", "-id"], name="link_group_by_risk"),
            models.Index(fields=["-size", "-id"], name="link_group_by_size"),
        )

    def __str__(self) -> str:
        return f"G-{self.pk}"


class LinkRisk(models.Model):
    """A merchant's risk, 0 to 1: their own, and with what comes to them over links.

    `because` says what their own comes from (`reason` with `at`, `case` or `points`); `sources` are the three merchants most of the
    rest comes from: `value`, and the `path` of merchants to them with the strongest `kinds` of link on it.
    """

    merchant = models.OneToOneField(Merchant, on_delete=models.CASCADE, related_name="link_risk", primary_key=True)
    own = models.FloatField(default=0)
    because = models.JSONField(default=dict)
    risk = models.FloatField(default=0)
    sources = models.JSONField(default=list)
    group = models.ForeignKey(LinkGroup, on_delete=models.SET_NULL, null=True, related_name="members")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(risk__gte=0, risk__lte=1, own__gte=0, own__lte=1), name="link_risk_share"
            ),
        )

    def __str__(self) -> str:
        return f"{self.merchant_id}: {self.risk}"
