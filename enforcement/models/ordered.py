"""The order of a court or an authority that a decision carries out, in what its merchant is told."""

from django.db import models
from django.db.models import Q

from enforcement.models.decision import Decision
from governance.audit.models.append_only import append_only


class OrderGround(models.Model):
    """Kept with the decision as it was then. `tell_after` is until when the order asks that the merchant is told nothing."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="order_ground")
    authority = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    number = models.CharField(max_length=120)
    legal_basis = models.TextField()
    reasons = models.TextField(blank=True)
    redress = models.TextField(blank=True)
    language = models.CharField(max_length=8)
    tell_after = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=~Q(authority="") & ~Q(number=""), name="order_ground_named"),)
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.authority}: {self.number}"
