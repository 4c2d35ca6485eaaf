"""What a person may be given by the queue, how much of it, and when they are away."""

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from governance.policies.enums import Severity


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class Skills(models.Model):
    """Empty lists set no limit. `highest`: the gravest severity they are given. `cases_a_day`: empty is no limit."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="skills")
    languages = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    markets = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    families = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    highest = models.CharField(max_length=8, choices=Severity.choices, default=Severity.CRITICAL)
    cases_a_day = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(highest__in=Severity.values), name="skills_severity_known"),)

    def __str__(self) -> str:
        return f"{self.person_id}"


class Absence(models.Model):
    """Whole days, both ends among them, in the person's own time zone. Nobody asks why."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="absences")
    starts_on = models.DateField()
    ends_on = models.DateField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="absence_ends_after_its_start"),
        )
        indexes = (
            models.Index(
                fields=["person", "ends_on"], condition=Q(withdrawn_at__isnull=True), name="absence_by_person"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id}: {self.starts_on}"
