"""What keeps the work bearable: which policies show what is hard to look at, how much of it a day, and when to pause."""

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from governance.policies.models import Policy


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class WellbeingRules(models.Model):
    """For everybody: one row. `hard_a_day` cases and `pictures_a_day` photos of such cases: empty is no limit. Times are minutes."""

    hard_a_day = models.PositiveSmallIntegerField(null=True, blank=True, default=30)
    pictures_a_day = models.PositiveSmallIntegerField(null=True, blank=True)
    break_after = models.PositiveSmallIntegerField(default=60)
    break_lasts = models.PositiveSmallIntegerField(default=10)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(pk=1), name="wellbeing_rules_one_row"),
            models.CheckConstraint(
                condition=Q(break_after__gte=15, break_lasts__gte=5), name="wellbeing_breaks_are_some"
            ),
        )

    def __str__(self) -> str:
        return f"{self.hard_a_day}"


class HardPolicy(models.Model):
    """A policy whose cases are hard to look at."""

    policy = models.OneToOneField(Policy, on_delete=models.PROTECT, related_name="hard")
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    marked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.policy_id}"


class OwnLimits(models.Model):
    """What a person has set for themselves. It stands nowhere else: no history is kept of it, and no log.

    `families` are not given to them. Numbers that are empty are as for everybody; 0 is none of `hard_a_day` and `pictures_a_day`,
    and no reminder.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="own_limits")
    families = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    hard_a_day = models.PositiveSmallIntegerField(null=True, blank=True)
    pictures_a_day = models.PositiveSmallIntegerField(null=True, blank=True)
    break_after = models.PositiveSmallIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.person_id}"


class PictureSeen(models.Model):
    """That a person saw a photo sharp, once a day however often. For their own eyes, and dropped after a week.

    `mark` is a keyed hash of person, day and photo: rows can be counted, and not read back to what was seen. `hard`: the photo is of a
    case that is hard to look at.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    mark = models.CharField(max_length=32)
    hard = models.BooleanField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["person", "day", "mark"], name="one_picture_seen_a_day"),)

    def __str__(self) -> str:
        return f"{self.person_id}: {self.day}"


class Break(models.Model):
    """A pause that a person takes: nothing is given to them until it ends, or they end it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="breaks")
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(ends_at__gte=F("started_at")), name="break_ends_after_start"),
        )
        indexes = (models.Index(fields=["person", "ends_at"], name="break_by_person"),)

    def __str__(self) -> str:
        return f"{self.person_id}: {self.started_at}"
