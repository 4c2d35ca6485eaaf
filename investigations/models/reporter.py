"""Who reports: people, rights holders, trusted flaggers (DSA Art. 22), and what was done where reports were misused (Art. 23)."""

from datetime import date, datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from governance.audit.models.append_only import append_only
from governance.policies.enums import Matter
from investigations.enums import GROUND_MATTER, NoticeGround, ReporterKind, ReporterState


class Reporter(models.Model):
    """Known by an e-mail address; who gives none is on no record.

    A trusted flagger is entered by staff, with the coordinator that awarded the status, the `areas` (none means all) and the
    days on which it holds; `user` is the API key in whose name its notices come. Nobody becomes one by typing its address.
    """

    kind = models.CharField(max_length=9, choices=ReporterKind.choices)
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(help_text="In small letters.")
    language = models.CharField(max_length=8)
    state = models.CharField(max_length=9, choices=ReporterState.choices, default=ReporterState.GOOD)
    suspended_until = models.DateTimeField(null=True, blank=True)
    coordinator = models.CharField(max_length=200, blank=True)
    areas = ArrayField(models.CharField(max_length=80, choices=Matter.choices), default=list, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="reporter"
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["email"], condition=~Q(kind=ReporterKind.FLAGGER), name="one_reporter_per_address"
            ),
            models.UniqueConstraint(
                fields=["email"], condition=Q(kind=ReporterKind.FLAGGER), name="one_flagger_per_address"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ReporterKind.values) & ~Q(kind=ReporterKind.ANONYMOUS), name="reporter_kind_known"
            ),
            models.CheckConstraint(condition=Q(state__in=ReporterState.values), name="reporter_state_known"),
            models.CheckConstraint(condition=~Q(email=""), name="reporter_has_an_address"),
            models.CheckConstraint(
                condition=Q(state=ReporterState.SUSPENDED, suspended_until__isnull=False)
                | (~Q(state=ReporterState.SUSPENDED) & Q(suspended_until__isnull=True)),
                name="reporter_suspended_until",
            ),
            models.CheckConstraint(
                condition=(Q(kind=ReporterKind.FLAGGER, valid_from__isnull=False) & ~Q(coordinator=""))
                | (~Q(kind=ReporterKind.FLAGGER) & Q(valid_from__isnull=True, coordinator="", user__isnull=True)),
                name="flagger_awarded_by_a_coordinator",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="flagger_valid_in_order"
            ),
        )
        indexes = (models.Index(fields=["name", "id"], name="reporter_by_name"),)

    def __str__(self) -> str:
        return self.name or self.email

    def is_trusted(self, ground: NoticeGround, day: date) -> bool:
        """Whether the status holds on that day for that ground."""
        if self.kind != ReporterKind.FLAGGER or self.valid_from is None:
            return False
        in_time = self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
        return in_time and (not self.areas or GROUND_MATTER[ground] in self.areas)

    def is_suspended(self, at: datetime) -> bool:
        return self.suspended_until is not None and at < self.suspended_until


class ReporterRight(models.Model):
    """A right that somebody says is theirs: the brand and its number in a register. Its proof is among the notice's files."""

    reporter = models.ForeignKey(Reporter, on_delete=models.PROTECT, related_name="rights")
    brand = models.CharField(max_length=200)
    register_number = models.CharField(max_length=100, blank=True)
    added_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["reporter", "brand", "register_number"], name="one_right_per_number"),
            models.CheckConstraint(condition=~Q(brand=""), name="right_has_a_brand"),
        )
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.brand} {self.register_number}".strip()


class ReporterMove(models.Model):
    """A warning, a suspension with its end, or that it is over. `reasons` are what the reporter was told. Empty actor: time."""

    reporter = models.ForeignKey(Reporter, on_delete=models.PROTECT, related_name="moves")
    from_state = models.CharField(max_length=9, choices=ReporterState.choices)
    to_state = models.CharField(max_length=9, choices=ReporterState.choices)
    reasons = models.TextField(blank=True)
    until = models.DateTimeField(null=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    moved_at = models.DateTimeField()

    class Meta:
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.reporter_id}: {self.to_state}"
