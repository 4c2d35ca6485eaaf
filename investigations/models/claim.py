"""A person's hold on a case, and what came of it: a decision, or passing it by."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from enforcement.models import Decision
from investigations.enums import WAITING_CASES, CaseState, ClaimEnd
from investigations.models.case import Case
from investigations.models.queue import Queue


class GridPage(models.Model):
    """Up to twenty cases that a person has before them at once, to be decided in one stroke; one page that has not ended.

    Its cases are those of the claims that name it; `size` is how many it began with. `answers`, by case, is what was entered
    when it was submitted: that is carried out once, however often it is sent.
    """

    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="grid_pages")
    size = models.PositiveSmallIntegerField(default=0)
    answers = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person"], condition=Q(ended_at__isnull=True), name="one_page_per_person"),
        )

    def __str__(self) -> str:
        return f"G-{self.pk}"


class Claim(models.Model):
    """A person's exclusive, expiring hold on a case; at most one that has not ended, or those of one page of a grid.

    What a bulk action decides it holds for the moment (`run`). `taken_from` is the state to which the case goes back when nothing comes of it. `seen_at` is when the page last said that the
    person is there; empty where no page is open, as for an API client.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="claims")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="claims")
    taken_from = models.CharField(max_length=10, choices=CaseState.choices)
    claimed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_as = models.CharField(max_length=11, choices=ClaimEnd.choices, blank=True)
    reason = models.TextField(blank=True, help_text="Why it was skipped, held or left, in words.")
    page = models.ForeignKey(GridPage, on_delete=models.PROTECT, null=True, blank=True, related_name="claims")
    run = models.ForeignKey("BulkRun", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["case"], condition=Q(ended_at__isnull=True), name="one_claim_per_case"),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(ended_at__isnull=True, page__isnull=True, run__isnull=True),
                name="one_claim_per_person",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_as="")
                | (Q(ended_at__isnull=False) & Q(ended_as__in=ClaimEnd.values)),
                name="claim_ended_as_iff_ended",
            ),
            models.CheckConstraint(
                condition=Q(taken_from__in=sorted(WAITING_CASES)), name="claim_taken_from_a_waiting_case"
            ),
        )
        indexes = (models.Index(fields=["expires_at"], condition=Q(ended_at__isnull=True), name="claim_by_expiry"),)

    def __str__(self) -> str:
        return f"{self.case_id}: {self.person_id}"


class Skip(models.Model):
    """A case that a person passed by, with the reason: it never comes back to the same person by itself."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="skips")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="skips")
    reason = models.TextField()
    skipped_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "person"], name="one_skip_per_person"),)

    def __str__(self) -> str:
        return f"{self.case_id}: {self.person_id}"


class CaseDecision(models.Model):
    """A person's word on a case: the decision on what violates (none when all was found fine) and what it settled.

    `also` are the further decisions of the same act: a second measure on the same items, or what falls under another policy.
    One claim may bear several acts. The decision itself knows the case only as a plain value. Undone means taken back within the seconds in which that is
    possible; the decision is then reversed and nothing was sent.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="case_decisions")
    decision = models.OneToOneField(
        Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="case_decision"
    )
    also = models.ManyToManyField(Decision, related_name="decided_beside", blank=True)
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="case_decisions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="case_decisions")
    decided_at = models.DateTimeField()
    handling_seconds = models.PositiveIntegerField(help_text="From the claim, or the act before it, to this.")
    fine_reason = models.TextField(blank=True, help_text="Why what is fine is fine; whoever reported it reads it.")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["person", "decided_at"], name="case_decision_by_person"),
            models.Index(fields=["decided_at"], name="case_decision_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.case_id}: {self.decision_id}"
