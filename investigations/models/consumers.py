"""Buyers to be told of what they bought: handed to the marketplace by references, and what it did with them.

No person is known here: buyers and orders are the marketplace's own references.
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from enforcement.models import Decision, DeliveryEvent
from governance.audit.models.append_only import append_only, refuse
from investigations.enums import ConsumerCause, ConsumerState


class ConsumerNotice(models.Model):
    """What the buyers of a decision's listings are told (Regulation (EU) 2023/988, Art. 35 and 36; DSA Art. 32).

    `since` and `until` bound the orders. `cursor` is the last order line that was handed over, in the order of the keys.
    """

    reference = models.CharField(max_length=30, unique=True)
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="consumer_notice")
    cause = models.CharField(max_length=7, choices=ConsumerCause.choices)
    cause_ref = models.CharField(max_length=80, blank=True)
    what = models.TextField(help_text="The product, so that a buyer knows it.")
    hazard = models.TextField(help_text="In plain words.")
    what_to_do = models.TextField()
    remedy = models.TextField()
    language = models.CharField(max_length=8)
    since = models.DateTimeField()
    until = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=ConsumerState.choices, default=ConsumerState.OWED)
    cursor = models.BigIntegerField(default=0)
    buyers = models.PositiveIntegerField(default=0, help_text="Different references.")
    lines = models.PositiveIntegerField(default=0)
    unknown = models.PositiveIntegerField(default=0, help_text="Order lines without a buyer's reference.")
    handed_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_where = models.URLField(max_length=500, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=ConsumerState.values), name="consumer_notice_state_known"),
            models.CheckConstraint(condition=Q(cause__in=ConsumerCause.values), name="consumer_notice_cause_known"),
            models.CheckConstraint(
                condition=~Q(what="") & ~Q(hazard="") & ~Q(what_to_do="") & ~Q(remedy=""),
                name="consumer_notice_says_all_four",
            ),
            models.CheckConstraint(
                condition=Q(state=ConsumerState.HANDED, handed_at__isnull=False)
                | (~Q(state=ConsumerState.HANDED) & Q(handed_at__isnull=True)),
                name="consumer_notice_handed_at_iff_handed",
            ),
        )
        indexes = (models.Index(fields=["due_at", "id"], condition=Q(state="owed"), name="consumer_notice_owed"),)
        triggers = (
            pgtrigger.Trigger(
                name="said",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF (NEW.what, NEW.hazard, NEW.what_to_do, NEW.remedy, NEW.decision_id, NEW.since, NEW.until)
                       IS DISTINCT FROM
                       (OLD.what, OLD.hazard, OLD.what_to_do, OLD.remedy, OLD.decision_id, OLD.since, OLD.until) THEN
                        RAISE EXCEPTION 'what buyers are told is fixed';
                    END IF;
                    RETURN NEW;
                """,
            ),
            refuse(pgtrigger.Delete | pgtrigger.Truncate, name="kept"),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def must_publish(self) -> bool:
        """Not every buyer is known (DSA Art. 32(2)): an order names nobody, or nothing was ordered through us at all."""
        return self.unknown > 0 or self.lines == 0


class ConsumerPart(models.Model):
    """One event of a notice, with so many order lines. When it was delivered is in the delivery log."""

    notice = models.ForeignKey(ConsumerNotice, on_delete=models.PROTECT, related_name="parts")
    number = models.PositiveIntegerField()
    event = models.OneToOneField(DeliveryEvent, on_delete=models.PROTECT, related_name="consumer_part")
    lines = models.PositiveIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["notice", "number"], name="one_consumer_part_per_number"),)
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.notice_id}/{self.number}"


class ConsumerAcknowledgement(models.Model):
    """What the marketplace said it did: how many buyers it told, and how many it could not reach. Each says the total until then."""

    notice = models.ForeignKey(ConsumerNotice, on_delete=models.PROTECT, related_name="acknowledgements")
    told = models.PositiveIntegerField()
    not_reached = models.PositiveIntegerField(default=0)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.notice_id}: {self.told}"


class ConsumerMove(models.Model):
    notice = models.ForeignKey(ConsumerNotice, on_delete=models.PROTECT, related_name="moves")
    from_state = models.CharField(max_length=9, choices=ConsumerState.choices)
    to_state = models.CharField(max_length=9, choices=ConsumerState.choices)
    moved_at = models.DateTimeField()

    class Meta:
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.notice_id}: {self.to_state}"
