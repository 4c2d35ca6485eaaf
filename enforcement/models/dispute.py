"""Disputes about decisions outside the house: certified bodies (DSA Art. 21) and courts, with what became of them."""

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from enforcement.enums import DisputeOutcome, DisputeState, Forum
from enforcement.models.appeal import Appeal
from enforcement.models.decision import Decision
from governance.audit.models.append_only import append_only, refuse
from listings.models import Merchant


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), append_only=True)
class DisputeBody(models.Model):
    """A certified dispute settlement body, as the operator enters it. Where `named`, statements of reasons tell it to those
    who read one of its languages."""

    name = models.CharField(max_length=200, unique=True)
    url = models.URLField(max_length=500)
    country = models.CharField(max_length=2, help_text="Whose coordinator certified it.")
    languages = ArrayField(models.CharField(max_length=8), default=list)
    named = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "dispute bodies"

    def __str__(self) -> str:
        return self.name


class Dispute(models.Model):
    """One matter before one body or court. What happened to it stands in its steps; nothing of it vanishes.

    `costs` are words: who bears what is rarely one number.
    """

    reference = models.CharField(max_length=30, unique=True)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="disputes")
    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, null=True, blank=True, related_name="disputes")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="disputes")
    forum = models.CharField(max_length=5, choices=Forum.choices)
    body = models.ForeignKey(DisputeBody, on_delete=models.PROTECT, null=True, blank=True, related_name="disputes")
    court = models.CharField(max_length=200, blank=True)
    their_reference = models.CharField(max_length=100, blank=True)
    brought_on = models.DateField()
    state = models.CharField(max_length=9, choices=DisputeState.choices, default=DisputeState.OPEN)
    outcome = models.CharField(max_length=10, choices=DisputeOutcome.choices, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    words = models.TextField(
        blank=True, help_text="The outcome in words; the merchant reads it when it is carried out."
    )
    costs = models.TextField(blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=DisputeState.values), name="dispute_state_known"),
            models.CheckConstraint(
                condition=Q(forum=Forum.BODY, body__isnull=False, court="")
                | (Q(forum=Forum.COURT, body__isnull=True) & ~Q(court="")),
                name="dispute_names_its_forum",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=[DisputeState.DECIDED, DisputeState.IN_EFFECT], decided_on__isnull=False)
                    & ~Q(outcome="")
                    & ~Q(words="")
                )
                | (
                    ~Q(state__in=[DisputeState.DECIDED, DisputeState.IN_EFFECT])
                    & Q(decided_on__isnull=True, outcome="")
                ),
                name="dispute_outcome_iff_decided",
            ),
        )
        indexes = (models.Index(fields=["-brought_on", "-id"], name="dispute_by_time"),)
        triggers = (
            pgtrigger.Trigger(
                name="fixed",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF to_jsonb(NEW) - '{state,outcome,decided_on,words,costs}'::text[] IS DISTINCT FROM
                       to_jsonb(OLD) - '{state,outcome,decided_on,words,costs}'::text[] OR
                       (OLD.outcome <> '' AND to_jsonb(NEW) - 'state' IS DISTINCT FROM to_jsonb(OLD) - 'state') THEN
                        RAISE EXCEPTION 'a dispute is fixed as it was recorded: it is decided once';
                    END IF;
                    RETURN NEW;
                """,
            ),
            refuse(pgtrigger.Delete | pgtrigger.Truncate, name="kept"),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def before(self) -> str:
        """The name of the body or court."""
        return self.body.name if self.body else self.court


class DisputeStep(models.Model):
    """What happened, in words, with the state after it. Notes leave the state as it is. `items` were given back by it."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="steps")
    from_state = models.CharField(max_length=9, choices=DisputeState.choices, blank=True)
    to_state = models.CharField(max_length=9, choices=DisputeState.choices)
    text = models.TextField(blank=True)
    items = ArrayField(models.BigIntegerField(), default=list)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.dispute_id}: {self.to_state}"


class DisputeDocument(models.Model):
    """A paper of the matter; kept in the state folder under its hash."""

    step = models.ForeignKey(DisputeStep, on_delete=models.PROTECT, related_name="documents")
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=80)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        triggers = (append_only(),)

    def __str__(self) -> str:
        return self.name
