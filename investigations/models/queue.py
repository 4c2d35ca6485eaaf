"""Queues, the rules by which they take cases, and what waits in them."""

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from governance.policies.enums import Measure
from investigations.enums import Skill


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class Queue(models.Model):
    """Where cases wait. The queue with the lowest `position` whose `rule` holds takes a case; the default one takes the rest.

    `decide_within_hours` counts the hours of the merchant's working days. A removed queue takes no cases and stays for those that
    were decided in it.
    """

    key = models.SlugField(max_length=40, unique=True)
    names = models.JSONField(default=dict, help_text="Language → name; `en` is always there.")
    position = models.PositiveSmallIntegerField(default=100)
    rule = models.TextField(blank=True, help_text="An expression over the case; empty for the default queue alone.")
    is_default = models.BooleanField(default=False)
    decide_within_hours = models.PositiveSmallIntegerField(default=72)
    hidden_measures = ArrayField(models.CharField(max_length=24), default=list, blank=True)
    asks = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="one_default_queue"),
            models.CheckConstraint(
                condition=Q(is_default=True, rule="", removed_at__isnull=True) | (Q(is_default=False) & ~Q(rule="")),
                name="queue_rule_unless_default",
            ),
            models.CheckConstraint(
                condition=Q(hidden_measures__contained_by=Measure.values), name="queue_measures_known"
            ),
            models.CheckConstraint(condition=Q(asks__contained_by=Skill.values), name="queue_skills_known"),
        )
        triggers = (
            pgtrigger.Protect(
                name="default_queue_stays", operation=pgtrigger.Delete, condition=pgtrigger.Q(old__is_default=True)
            ),
            pgtrigger.ReadOnly(name="default_queue_is_fixed", fields=["is_default"]),
        )

    def __str__(self) -> str:
        return self.key

    def name_in(self, language: str) -> str:
        return str(self.names.get(language) or self.names["en"])


class Rerouting(models.Model):
    """Somebody has asked that live cases go where the rules of now put them. `last_case`: up to which key that is done."""

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    last_case = models.BigIntegerField(default=0)
    seen = models.PositiveIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=["id"], condition=Q(finished_at__isnull=True), name="rerouting_to_do"),)

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"


class QueueFigures(models.Model):
    """What waits where, counted beside the requests: one row. `live` and `done` have a part per queue, state and set of markets,
    so that each person's figures are sums of parts."""

    counted_at = models.DateTimeField()
    live = models.JSONField(default=list)
    done = models.JSONField(default=list)
    appeals = models.JSONField(default=dict)
    unfit = models.PositiveIntegerField(default=0, help_text="Cases that wait and fit nobody.")

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=1), name="queue_figures_once"),)

    def __str__(self) -> str:
        return f"{self.counted_at:%Y-%m-%d %H:%M}"
