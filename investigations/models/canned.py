"""Reasons that people need again and again, kept in versions and languages."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from governance.audit.models.append_only import append_only
from governance.policies.models import Policy
from investigations.enums import ReasonFor

PERSON = settings.AUTH_USER_MODEL


class CannedReason(models.Model):
    """A reason with a name for those who choose it. Without a policy it is offered in every case."""

    name = models.CharField(max_length=80)
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    purpose = models.CharField(max_length=8, choices=ReasonFor.choices, default=ReasonFor.VIOLATES)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["name", "policy", "purpose"],
                condition=Q(retired_at__isnull=True),
                nulls_distinct=False,
                name="one_canned_reason_per_name",
            ),
            models.CheckConstraint(condition=Q(purpose__in=ReasonFor.values), name="canned_reason_purpose_known"),
        )

    def __str__(self) -> str:
        return self.name


class CannedText(models.Model):
    """The words of a canned reason in one language, in one version. The newest is used, the others stay."""

    reason = models.ForeignKey(CannedReason, on_delete=models.PROTECT, related_name="texts")
    language = models.CharField(max_length=8)
    version = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=500)
    written_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["reason", "language", "version"], name="one_canned_text_per_version"),
            models.CheckConstraint(condition=~Q(text=""), name="canned_text_in_words"),
        )
        triggers = (append_only(),)

    def __str__(self) -> str:
        return self.text[:60]


class CannedUse(models.Model):
    """That something was decided or answered with a canned reason in it. `used_for` is a case or an appeal, by its reference."""

    text = models.ForeignKey(CannedText, on_delete=models.PROTECT, related_name="uses")
    used_for = models.CharField(max_length=30)
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    used_at = models.DateTimeField()

    class Meta:
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.text_id}: {self.used_for}"
