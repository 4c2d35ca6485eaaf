"""The ladder: what an offence costs in points, when points lapse, and which measure is due from how many on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from enforcement.enums import LadderState, StepBecause, StepState
from enforcement.models.decision import Decision
from governance.audit.models.append_only import append_only, refuse
from governance.policies.enums import Measure, Severity
from listings.models import Merchant


@dataclass(frozen=True)
class Milestone:
    """From `at` points on `measure` is due, for `days`; without days until somebody ends it."""

    at: int
    measure: Measure
    days: int | None = None


@dataclass(frozen=True)
class Terms:
    """What a ladder says.

    `grid` gives the points of the first, second, third and every further offence against the same policy within
    `window_days`, by severity. `cap` is the most that one cause may give, whatever it broke; 0 is no cap. What was corrected
    within `discount_days` working days gives `discount_percent` of its points back. Health starts at `health_start` of 1000,
    falls by `health_cost` a point, and each offence's part comes back by `health_recovery` a day.
    """

    grid: Mapping[Severity, tuple[int, ...]]
    milestones: tuple[Milestone, ...]
    window_days: int = 180
    expiry_days: int = 180
    cap: int = 0
    discount_percent: int = 0
    discount_days: int = 0
    protection_days: int = 180
    health_start: int = 1000
    health_cost: int = 10
    health_recovery: int = 0

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Terms":
        """From what `stored` made."""
        grid = {Severity(severity): tuple(points) for severity, points in stored["grid"].items()}
        milestones = tuple(
            Milestone(row["at"], Measure(row["measure"]), row.get("days")) for row in stored["milestones"]
        )
        return cls(grid, milestones, **{name: stored[name] for name in NUMBERS if name in stored})

    def stored(self) -> dict[str, Any]:
        return {
            "grid": {severity.value: list(points) for severity, points in self.grid.items()},
            "milestones": [{"at": m.at, "measure": m.measure.value, "days": m.days} for m in self.milestones],
            **{name: getattr(self, name) for name in NUMBERS},
        }

    def graded(self, severity: Severity, earlier: int) -> int:
        """The points of an offence after so many `earlier` ones; the last column holds for all further ones."""
        row = self.grid.get(severity, ())
        return row[min(earlier, len(row) - 1)] if row else 0

    def discounted(self, points: int) -> int:
        """What prompt correction takes off so many points: a whole number, rounded down."""
        return points * self.discount_percent // 100

    def reached(self, points: int) -> Milestone | None:
        """The highest milestone that so many points reach."""
        return max((m for m in self.milestones if m.at <= points), key=lambda m: m.at, default=None)

    def crossed(self, before: int, after: int) -> Milestone | None:
        """The highest milestone between two balances: one step is due, however many were passed at once."""
        top = self.reached(after)
        return top if top is not None and top.at > before else None


NUMBERS = (
    "window_days", "expiry_days", "cap", "discount_percent", "discount_days", "protection_days", "health_start",
    "health_cost", "health_recovery",
)  # fmt: skip


class Ladder(models.Model):
    """One version of the ladder. A draft may be edited by its author; what was live is fixed for good.

    `revision` counts the draft's changes: whoever puts it in force says which they have read.
    """

    number = models.PositiveIntegerField(unique=True)
    name = models.CharField(max_length=80)
    source_url = models.URLField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=LadderState.choices, default=LadderState.DRAFT)
    revision = models.PositiveIntegerField(default=1)
    content = models.JSONField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    live_from = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=LadderState.values), name="ladder_state_known"),
            models.UniqueConstraint(fields=["state"], condition=Q(state=LadderState.LIVE), name="one_live_ladder"),
            models.UniqueConstraint(fields=["state"], condition=Q(state=LadderState.DRAFT), name="one_ladder_drafted"),
            models.CheckConstraint(
                condition=Q(state__in=[LadderState.DRAFT, LadderState.WITHDRAWN], live_from__isnull=True)
                | Q(state__in=[LadderState.LIVE, LadderState.SUPERSEDED], live_from__isnull=False),
                name="ladder_live_from_a_moment",
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="drafts_alone_change",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=~pgtrigger.Q(old__state=LadderState.DRAFT),
                func="""
                    IF to_jsonb(NEW) - 'state' IS DISTINCT FROM to_jsonb(OLD) - 'state' THEN
                        RAISE EXCEPTION 'a ladder that was in force is fixed: only its state moves';
                    END IF;
                    RETURN NEW;
                """,
            ),
            refuse(pgtrigger.Delete | pgtrigger.Truncate, name="kept"),
        )

    def __str__(self) -> str:
        return f"v{self.number}"

    @property
    def terms(self) -> Terms:
        return Terms.read(self.content)


class LadderMove(models.Model):
    ladder = models.ForeignKey(Ladder, on_delete=models.PROTECT, related_name="moves")
    from_state = models.CharField(max_length=10, choices=LadderState.choices)
    to_state = models.CharField(max_length=10, choices=LadderState.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    moved_at = models.DateTimeField()

    class Meta:
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.ladder_id}: {self.from_state} → {self.to_state}"


class LadderStep(models.Model):
    """A milestone that a merchant has reached, and what became of it. `reached_by` is the decision whose points did it.

    `because` says why a person decides, where one must.
    """

    ladder = models.ForeignKey(Ladder, on_delete=models.PROTECT, related_name="steps")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="ladder_steps")
    reached_by = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="ladder_step")
    milestone = models.PositiveIntegerField(help_text="Points from which it is due.")
    points = models.PositiveIntegerField(help_text="The merchant's points when it was reached.")
    measure = models.CharField(max_length=24, choices=Measure.choices)
    days = models.PositiveIntegerField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=StepState.choices)
    because = models.CharField(max_length=10, choices=StepBecause.choices, blank=True)
    decision = models.OneToOneField(
        Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="step_taken"
    )
    reached_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=StepState.values), name="ladder_step_state_known"),
            models.CheckConstraint(condition=Q(measure__in=Measure.values), name="ladder_step_measure_known"),
            models.CheckConstraint(
                condition=Q(state__in=[StepState.TAKEN, StepState.REVOKED], decision__isnull=False)
                | (~Q(state__in=[StepState.TAKEN, StepState.REVOKED]) & Q(decision__isnull=True)),
                name="ladder_step_taken_by_a_decision",
            ),
        )
        indexes = (
            models.Index(fields=["-reached_at", "-id"], name="ladder_step_by_time"),
            models.Index(
                fields=["id"], condition=Q(state__in=[StepState.OWED, StepState.PROPOSED]), name="ladder_step_open"
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="fixed",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF to_jsonb(NEW) - 'state' - 'because' - 'decision_id' IS DISTINCT FROM
                       to_jsonb(OLD) - 'state' - 'because' - 'decision_id' THEN
                        RAISE EXCEPTION 'a step of the ladder is fixed: only what became of it moves';
                    END IF;
                    RETURN NEW;
                """,
            ),
            refuse(pgtrigger.Delete | pgtrigger.Truncate, name="kept"),
        )

    def __str__(self) -> str:
        return f"{self.merchant_id}: {self.measure} from {self.milestone}"


class LadderStepMove(models.Model):
    step = models.ForeignKey(LadderStep, on_delete=models.PROTECT, related_name="moves")
    from_state = models.CharField(max_length=10, choices=StepState.choices)
    to_state = models.CharField(max_length=10, choices=StepState.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    moved_at = models.DateTimeField()

    class Meta:
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.step_id}: {self.from_state} → {self.to_state}"
