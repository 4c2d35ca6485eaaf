"""A reading of the whole log, asked for by a person or by the daily schedule."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Check(models.Model):
    """Owed until `finished_at` is set; a worker does it, and beat finds one that a worker lost."""

    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    finished_at = models.DateTimeField(null=True, blank=True)
    ok = models.BooleanField(null=True, blank=True)
    entries = models.PositiveBigIntegerField(default=0, help_text="Read so far; all of them once finished.")
    seals = models.PositiveIntegerField(default=0)
    unsealed = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True, default="")
    first_broken = models.CharField(max_length=300, blank=True, default="")
    broken_entry = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True, ok__isnull=True) | Q(finished_at__isnull=False, ok__isnull=False),
                name="audit_check_finished_with_a_result",
            ),
            models.UniqueConstraint(
                fields=["finished_at"],
                condition=Q(finished_at__isnull=True),
                nulls_distinct=False,
                name="audit_check_one_owed",
            ),
        )

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M} {self.ok}"
