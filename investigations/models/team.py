"""The team's work of days that are over, counted once and kept; each can be counted anew from what happened."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from governance.policies.models import Policy
from investigations.enums import Counted
from investigations.models.queue import Queue


class TeamDay(models.Model):
    """A day (of UTC) that was counted, and when. Counted soon enough after its end it stays as it is."""

    day = models.DateField(unique=True)
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.day}"


class TeamFigure(models.Model):
    """How often something happened on a day, by queue and policy as they were then, and by the merchant's language."""

    day = models.DateField()
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="+", db_index=False)
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    language = models.CharField(max_length=8)
    kind = models.CharField(max_length=10, choices=Counted.choices)
    part = models.CharField(max_length=80, blank=True)
    number = models.PositiveIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["day", "queue", "policy", "language", "kind", "part"],
                nulls_distinct=False,
                name="team_figure_once",
            ),
            models.CheckConstraint(condition=Q(kind__in=Counted.values), name="team_figure_kind_known"),
        )

    def __str__(self) -> str:
        return f"{self.day}: {self.kind} {self.number}"


class PersonDay(models.Model):
    """What one person did on a day, and what was found of their work on it. `seconds` are those of all their acts."""

    day = models.DateField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided = models.PositiveIntegerField(default=0)
    seconds = models.PositiveBigIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    read = models.PositiveIntegerField(default=0)
    misread = models.PositiveIntegerField(default=0)
    heard = models.PositiveIntegerField(default=0)
    overturned = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["day", "person"], name="person_day_once"),)

    def __str__(self) -> str:
        return f"{self.day}: {self.person_id}"


class TeamOutlook(models.Model):
    """What a forecast is made of, counted beside the requests: one row.

    `waiting`: of each queue how many cases wait, and how many are due on which day. `reach`: of each queue how many of those
    each person may be given.
    """

    counted_at = models.DateTimeField()
    waiting = models.JSONField(default=dict)
    reach = models.JSONField(default=dict)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=1), name="team_outlook_once"),)

    def __str__(self) -> str:
        return f"{self.counted_at:%Y-%m-%d %H:%M}"
