"""Work read a second time: what is drawn, what the second reader said without knowing the first, and what came of it."""

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from enforcement.models import Decision, DecisionItem
from governance.policies.enums import Measure
from governance.policies.models import Policy
from investigations.enums import DrawnFor, ReviewKind, ReviewOutcome, ReviewState, Verdict
from investigations.models.case import Case, CaseItem
from investigations.models.claim import CaseDecision
from listings.models import Listing


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class QualityPlan(models.Model):
    """How much is read a second time: one row. The shares are of a day's decisions by people; of automation it is a number."""

    random_percent = models.PositiveSmallIntegerField(default=3)
    risk_percent = models.PositiveSmallIntegerField(default=2)
    automation_per_day = models.PositiveSmallIntegerField(default=20)
    golden_per_hundred = models.PositiveSmallIntegerField(default=2)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(pk=1), name="quality_plan_one_row"),
            models.CheckConstraint(
                condition=Q(random_percent__lte=100, risk_percent__lte=100, golden_per_hundred__lte=50),
                name="quality_plan_shares",
            ),
        )

    def __str__(self) -> str:
        return f"{self.random_percent} + {self.risk_percent} %"


class Draw(models.Model):
    """A day that was drawn from, once, with how much there was to draw from: decisions by people, by automation."""

    day = models.DateField(unique=True)
    people = models.PositiveIntegerField()
    automation = models.PositiveIntegerField()
    drawn_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.day}"


class SecondReview(models.Model):
    """One decision, by a person (`ruling`) or by automation (`decision`), that somebody else judges without knowing it.

    `person` judged first. `because` are the reasons for which it was drawn by risk. `measure` is what the second reader
    would have done, where something violates.
    """

    kind = models.CharField(max_length=10, choices=ReviewKind.choices)
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="reviews")
    ruling = models.OneToOneField(
        CaseDecision, on_delete=models.PROTECT, null=True, blank=True, related_name="second_review"
    )
    decision = models.OneToOneField(
        Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="second_review"
    )
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, null=True, related_name="second_reviews")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    language = models.CharField(max_length=8)
    because = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    state = models.CharField(max_length=9, choices=ReviewState.choices, default=ReviewState.WAITING)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    measure = models.CharField(max_length=24, choices=Measure.choices, blank=True)
    note = models.TextField(blank=True)
    outcome = models.CharField(max_length=12, choices=ReviewOutcome.choices, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(ruling__isnull=False, decision__isnull=True, person__isnull=False)
                | Q(ruling__isnull=True, decision__isnull=False, person__isnull=True),
                name="second_review_of_one",
            ),
            models.CheckConstraint(
                condition=Q(state=ReviewState.WAITING, reviewer__isnull=True) | ~Q(state=ReviewState.WAITING),
                name="second_review_waits_for_anybody",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[ReviewState.DIFFERS, ReviewState.SETTLED], read_at__isnull=False)
                | ~Q(state__in=[ReviewState.DIFFERS, ReviewState.SETTLED]),
                name="second_review_read",
            ),
            models.CheckConstraint(
                condition=(Q(state=ReviewState.SETTLED) & ~Q(outcome=""))
                | (~Q(state=ReviewState.SETTLED) & Q(outcome="")),
                name="second_review_outcome_iff_settled",
            ),
            models.CheckConstraint(
                condition=Q(reviewer__isnull=True) | Q(person__isnull=True) | ~Q(reviewer=models.F("person")),
                name="second_review_by_another",
            ),
            models.UniqueConstraint(
                fields=["reviewer"], condition=Q(state=ReviewState.TAKEN), name="one_second_review_at_a_time"
            ),
        )
        indexes = (
            models.Index(fields=["id"], condition=Q(state__in=["waiting", "taken"]), name="second_review_next"),
            models.Index(fields=["read_at"], condition=Q(read_at__isnull=False), name="second_review_by_time"),
        )

    def __str__(self) -> str:
        return f"Q-{self.pk}"

    @property
    def reasons(self) -> list[DrawnFor]:
        return [DrawnFor(each) for each in self.because]


class SecondVerdict(models.Model):
    """One subject of what is read a second time: the first word on it, and the second (empty until it is given)."""

    review = models.ForeignKey(SecondReview, on_delete=models.PROTECT, related_name="verdicts")
    case_item = models.ForeignKey(CaseItem, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decision_item = models.ForeignKey(DecisionItem, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    first = models.CharField(max_length=8, choices=Verdict.choices)
    second = models.CharField(max_length=8, choices=Verdict.choices, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["review", "case_item"], name="one_second_verdict_per_case_item"),
            models.UniqueConstraint(fields=["review", "decision_item"], name="one_second_verdict_per_decision_item"),
            models.CheckConstraint(
                condition=Q(case_item__isnull=False, decision_item__isnull=True)
                | Q(case_item__isnull=True, decision_item__isnull=False),
                name="second_verdict_on_one",
            ),
            models.CheckConstraint(condition=Q(first__in=Verdict.values), name="first_verdict_known"),
            models.CheckConstraint(condition=Q(second="") | Q(second__in=Verdict.values), name="second_verdict_known"),
        )

    def __str__(self) -> str:
        return f"{self.review_id}: {self.first} / {self.second}"


class GoldenCase(models.Model):
    """A decided case whose verdicts are held to be right: copies of it come to people like any other case.

    `measures` are those that would be right where something violates; `why` is what a person reads who judged otherwise.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="kept_as_golden")
    measures = ArrayField(models.CharField(max_length=24, choices=Measure.choices), default=list, blank=True)
    why = models.TextField()
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kept_at = models.DateTimeField()
    retired_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(why=""), name="golden_case_says_why"),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True, retired_by__isnull=True)
                | Q(retired_at__isnull=False, retired_by__isnull=False),
                name="golden_case_retired_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"{self.case}"


class GoldenReading(models.Model):
    """A person's judgement of a golden case: whether all verdicts were right, and the measure chosen. It has no effect."""

    golden = models.ForeignKey(GoldenCase, on_delete=models.PROTECT, related_name="readings")
    ruling = models.OneToOneField(CaseDecision, on_delete=models.PROTECT, related_name="golden_reading")
    right = models.BooleanField()
    measure = models.CharField(max_length=24, choices=Measure.choices, blank=True)
    fits = models.BooleanField(help_text="Whether the measure is one of those that would be right.")

    def __str__(self) -> str:
        return f"{self.golden_id}: {self.ruling_id}"


class Calibration(models.Model):
    """Several people judge the same listings, each by themselves; then they are laid side by side and the outcome is recorded.

    Open until somebody closes it; `words` are what the session came to.
    """

    title = models.CharField(max_length=120)
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="calibrations")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closes_on = models.DateField(help_text="By when people are asked to have judged.")
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    words = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="calibration_closed_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="calibration_titled"),
        )

    def __str__(self) -> str:
        return self.title


class CalibrationItem(models.Model):
    """One listing of a session. `verdict` is what the session agreed on."""

    calibration = models.ForeignKey(Calibration, on_delete=models.PROTECT, related_name="items")
    case_item = models.ForeignKey(CaseItem, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=8, choices=Verdict.choices, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["calibration", "case_item"], name="one_calibration_item"),
            models.CheckConstraint(
                condition=Q(verdict="", settled_at__isnull=True)
                | (Q(verdict__in=Verdict.values) & Q(settled_at__isnull=False, settled_by__isnull=False)),
                name="calibration_item_settled",
            ),
        )

    def __str__(self) -> str:
        return f"{self.calibration_id}: {self.case_item_id}"


class CalibrationVerdict(models.Model):
    """What one person said of one listing of a session."""

    item = models.ForeignKey(CalibrationItem, on_delete=models.PROTECT, related_name="verdicts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    given_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["item", "person"], name="one_calibration_verdict_per_person"),
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="calibration_verdict_known"),
        )

    def __str__(self) -> str:
        return f"{self.item_id}: {self.verdict}"


class Precedent(models.Model):
    """How a doubtful case was settled, in words: it stands beside the policy's guidance until somebody retires it."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="precedents")
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    language = models.CharField(max_length=8)
    words = models.TextField()
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    review = models.ForeignKey(SecondReview, on_delete=models.PROTECT, null=True, blank=True, related_name="precedents")
    calibration_item = models.ForeignKey(
        CalibrationItem, on_delete=models.PROTECT, null=True, blank=True, related_name="precedents"
    )
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    retired_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="precedent_verdict_known"),
            models.CheckConstraint(condition=~Q(words=""), name="precedent_in_words"),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True, retired_by__isnull=True)
                | Q(retired_at__isnull=False, retired_by__isnull=False),
                name="precedent_retired_by_somebody",
            ),
        )
        indexes = (models.Index(fields=["policy"], condition=Q(retired_at__isnull=True), name="precedent_in_use"),)

    def __str__(self) -> str:
        return f"{self.policy_id}: {self.words[:40]}"
