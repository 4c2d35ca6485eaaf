"""Decisions and what follows from them: restrictions and points."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from enforcement.enums import (
    REVERSALS,
    STANDING_DECISIONS,
    WAITING_DECISIONS,
    Automation,
    DecisionState,
    HeldFor,
    LiftedBecause,
    Origin,
    PointKind,
    WithoutNotice,
)
from enforcement.models.violation import Violation
from governance.audit.models.append_only import append_only, refuse
from governance.policies.enums import Measure
from governance.policies.models import PolicyVersion
from governance.web.fulltext import written
from listings.enums import Label
from listings.models import Listing, Merchant


class Decision(models.Model):
    """An immutable judgement about one merchant under one policy version: one measure, one or many listings.

    Only `state` and `superseded_by` ever move. `decided_by` empty means automation. `markets` empty means wherever the
    policy version applies. `event_key` is the cause that makes several decisions one offence: points are given once for it.
    """

    reference = models.CharField(max_length=30, unique=True, help_text="Random; what a merchant is shown.")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="decisions")
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="decisions")
    measure = models.CharField(max_length=24, choices=Measure.choices)
    markets = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    minimum_age = models.PositiveSmallIntegerField(null=True, blank=True)
    label = models.CharField(max_length=20, choices=Label.choices, blank=True)
    listings_a_day = models.PositiveSmallIntegerField(null=True, blank=True)
    correct_by = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=16, choices=DecisionState.choices, default=DecisionState.IN_FORCE)
    superseded_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="supersedes"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    automated_detection = models.BooleanField()
    automation = models.CharField(max_length=8, choices=Automation.choices)
    origin_kind = models.CharField(max_length=8, choices=Origin.choices)
    origin_ref = models.CharField(max_length=60, blank=True)
    event_key = models.CharField(max_length=80, blank=True)
    reason = models.TextField(blank=True, help_text="The decider's own words, for the file.")
    points = models.PositiveSmallIntegerField(default=0)
    decided_at = models.DateTimeField()
    starts_at = models.DateTimeField(help_text="As it was planned; what is in force says when it came.")
    ends_at = models.DateTimeField(null=True, blank=True)
    cure_days = models.PositiveSmallIntegerField(
        default=0, help_text="Working days between telling the merchant and taking effect."
    )
    held_for = ArrayField(models.CharField(max_length=8, choices=HeldFor.choices), default=list, blank=True)
    without_notice = models.CharField(max_length=10, choices=WithoutNotice.choices, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=DecisionState.values), name="decision_state_known"),
            models.CheckConstraint(condition=Q(measure__in=Measure.values), name="decision_measure_known"),
            models.CheckConstraint(condition=Q(origin_kind__in=Origin.values), name="decision_origin_known"),
            models.CheckConstraint(
                condition=Q(automation=Automation.FULL, decided_by__isnull=True)
                | (~Q(automation=Automation.FULL) & Q(decided_by__isnull=False)),
                name="decision_by_person_or_automation",
            ),
            models.CheckConstraint(
                condition=~Q(measure=Measure.AGE_GATE) | Q(minimum_age__isnull=False),
                name="decision_age_gate_has_an_age",
            ),
            models.CheckConstraint(condition=~Q(measure=Measure.LABEL) | ~Q(label=""), name="decision_label_has_words"),
            models.CheckConstraint(
                condition=~Q(measure=Measure.LIMIT_NEW_LISTINGS) | Q(listings_a_day__gt=0),
                name="decision_limit_has_a_number",
            ),
            models.CheckConstraint(
                condition=~Q(measure=Measure.RESTRICT_MARKETS) | ~Q(markets=[]), name="decision_restricts_named_markets"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name="decision_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(state=DecisionState.SUPERSEDED, superseded_by__isnull=False)
                | (~Q(state=DecisionState.SUPERSEDED) & Q(superseded_by__isnull=True)),
                name="decision_superseded_by_iff_superseded",
            ),
        )
        indexes = (
            models.Index(
                fields=["ends_at"],
                condition=Q(state__in=sorted(STANDING_DECISIONS), ends_at__isnull=False),
                name="decision_standing_by_end",
            ),
            models.Index(
                fields=["starts_at"], condition=Q(state__in=sorted(WAITING_DECISIONS)), name="decision_waiting_by_start"
            ),
            models.Index(fields=["merchant", "event_key"], condition=~Q(event_key=""), name="decision_by_event"),
            models.Index(fields=["-decided_at", "-id"], name="decision_by_time"),
            models.Index(fields=["merchant", "-decided_at"], name="decision_by_merchant"),
            models.Index(fields=["origin_kind", "origin_ref"], name="decision_by_origin"),
            GinIndex(written("reason"), name="decision_by_words"),
        )
        triggers = (
            pgtrigger.Trigger(
                name="fixed",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF to_jsonb(NEW) - 'state' - 'superseded_by_id' IS DISTINCT FROM
                       to_jsonb(OLD) - 'state' - 'superseded_by_id' THEN
                        RAISE EXCEPTION 'a decision is fixed: only its state and its successor move';
                    END IF;
                    RETURN NEW;
                """,
            ),
            refuse(pgtrigger.Delete | pgtrigger.Truncate, name="kept"),
        )

    def __str__(self) -> str:
        return self.reference


class DecisionItem(models.Model):
    """One subject of the decision, with the facts as they were: they go into the statement of reasons.

    `before` is what shoppers and the ledger saw until then: the listing's visibility rows, the restrictions that made
    them, and the merchant's points. A reversal is held against it.
    """

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="items")
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, null=True, blank=True, related_name="decision_items")
    listing_version = models.PositiveIntegerField(null=True, blank=True)
    violation = models.ForeignKey(
        Violation, on_delete=models.PROTECT, null=True, blank=True, related_name="decision_items"
    )
    markets = ArrayField(models.CharField(max_length=2), default=list)
    facts = models.JSONField(default=dict)
    before = models.JSONField(default=dict)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["decision", "listing"], nulls_distinct=False, name="one_item_per_subject"),
            models.CheckConstraint(
                condition=Q(listing__isnull=True, listing_version__isnull=True)
                | Q(listing__isnull=False, listing_version__isnull=False),
                name="decision_item_names_the_listing_version",
            ),
        )
        indexes = (models.Index(fields=["listing", "-id"], name="decision_item_by_listing"),)
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.decision_id}: L-{self.listing_id}"


class ItemReversal(models.Model):
    """The judgement on this item should not have been; once and for good, whatever has become of its restriction."""

    item = models.OneToOneField(DecisionItem, on_delete=models.PROTECT, related_name="reversal")
    because = models.CharField(max_length=12, choices=LiftedBecause.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    reversed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(because__in=sorted(REVERSALS)), name="item_reversed_with_a_cause"),
        )
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.item_id}: {self.because}"


class DecisionMove(models.Model):
    """`items` are the keys of the decision's items that the move concerned."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="moves")
    from_state = models.CharField(max_length=16, choices=DecisionState.choices)
    to_state = models.CharField(max_length=16, choices=DecisionState.choices)
    items = ArrayField(models.BigIntegerField(), default=list)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    moved_at = models.DateTimeField()

    class Meta:
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.decision_id}: {self.from_state} → {self.to_state}"


class Restriction(models.Model):
    """A measure in force on one listing, or (listing empty) on the merchant, from start until end or lifting.

    Every item of a decision has one, a warning too: what is not lifted stands.
    """

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="restrictions")
    item = models.ForeignKey(DecisionItem, on_delete=models.PROTECT, related_name="restrictions")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="restrictions")
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, null=True, blank=True, related_name="restrictions")
    measure = models.CharField(max_length=24, choices=Measure.choices)
    markets = ArrayField(models.CharField(max_length=2), default=list, help_text="Empty means every market.")
    minimum_age = models.PositiveSmallIntegerField(null=True, blank=True)
    label = models.CharField(max_length=20, choices=Label.choices, blank=True)
    listings_a_day = models.PositiveSmallIntegerField(null=True, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_because = models.CharField(max_length=12, choices=LiftedBecause.choices, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["item", "measure"], name="one_restriction_per_item_and_measure"),
            models.CheckConstraint(condition=Q(measure__in=Measure.values), name="restriction_measure_known"),
            models.CheckConstraint(
                condition=~Q(measure=Measure.AGE_GATE) | Q(minimum_age__isnull=False),
                name="restriction_age_gate_has_an_age",
            ),
            models.CheckConstraint(
                condition=~Q(measure=Measure.LABEL) | ~Q(label=""), name="restriction_label_has_words"
            ),
            models.CheckConstraint(
                condition=~Q(measure=Measure.LIMIT_NEW_LISTINGS) | Q(listings_a_day__gt=0),
                name="restriction_limit_has_a_number",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_because="")
                | (Q(lifted_at__isnull=False) & ~Q(lifted_because="")),
                name="restriction_lifted_with_a_cause",
            ),
        )
        indexes = (
            models.Index(fields=["listing"], condition=Q(lifted_at__isnull=True), name="restriction_on_listing"),
            models.Index(fields=["merchant"], condition=Q(lifted_at__isnull=True), name="restriction_on_merchant"),
        )
        triggers = (
            pgtrigger.Trigger(
                name="only_lifted",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF to_jsonb(NEW) - 'lifted_at' - 'lifted_because' IS DISTINCT FROM
                       to_jsonb(OLD) - 'lifted_at' - 'lifted_because' OR OLD.lifted_at IS NOT NULL THEN
                        RAISE EXCEPTION 'a restriction is fixed: it is lifted, once';
                    END IF;
                    RETURN NEW;
                """,
            ),
            refuse(pgtrigger.Delete | pgtrigger.Truncate, name="kept"),
        )

    def __str__(self) -> str:
        return f"{self.measure} {self.item_id}"


class PointEntry(models.Model):
    """The ledger of points. A balance is what was given less what was taken off, among the entries that have not lapsed.

    What is taken off lapses with what was given, so that the two cancel out on every day. `ladder` is the one in force when
    the points were given: its promise of a discount holds.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="point_entries")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="point_entries")
    kind = models.CharField(max_length=8, choices=PointKind.choices)
    points = models.PositiveSmallIntegerField()
    entered_at = models.DateTimeField()
    lapses_at = models.DateTimeField()
    ladder = models.ForeignKey("Ladder", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name_plural = "point entries"
        constraints = (models.UniqueConstraint(fields=["decision", "kind"], name="points_given_and_returned_once"),)
        indexes = (models.Index(fields=["merchant", "lapses_at"], name="points_by_merchant"),)
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.merchant_id}: {self.kind} {self.points}"
