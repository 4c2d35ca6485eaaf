"""What the marketplace's own systems are told: events written with their cause, and their delivery to webhooks."""

import uuid

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from enforcement.enums import DeliveryState, EndpointState, EventType
from governance.audit.models.append_only import append_only, refuse

AILING = 5
"""Failures in a row after which an endpoint is asked with one delivery at a time."""


class DeliveryEvent(models.Model):
    """The outbox: a row in the transaction of the verb, never edited.

    `number` is given after commit, by one writer at a time: who has read up to a number never misses a smaller one.
    `subject` is what events are ordered by; `merchant` and `listing` are the marketplace's own references.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    number = models.BigIntegerField(null=True, blank=True, unique=True)
    type = models.CharField(max_length=40, choices=EventType.choices)
    version = models.PositiveSmallIntegerField(default=1)
    subject = models.CharField(max_length=24)
    merchant = models.CharField(max_length=120, blank=True)
    listing = models.CharField(max_length=120, blank=True)
    data = models.JSONField(default=dict)
    occurred_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(type__in=EventType.values), name="event_type_known"),)
        indexes = (
            models.Index(fields=["id"], condition=Q(number__isnull=True), name="event_without_number"),
            models.Index(fields=["occurred_at", "number"], name="event_by_time"),
        )
        triggers = (
            pgtrigger.Trigger(
                name="only_numbered",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF to_jsonb(NEW) - 'number' IS DISTINCT FROM to_jsonb(OLD) - 'number' OR OLD.number IS NOT NULL THEN
                        RAISE EXCEPTION 'an event is fixed: it is given its number, once';
                    END IF;
                    RETURN NEW;
                """,
            ),
            refuse(pgtrigger.Delete | pgtrigger.Truncate, name="kept"),
        )

    def __str__(self) -> str:
        return f"{self.type} {self.public_id}"

    @property
    def public_id(self) -> str:
        """The message id, the same on every repeat."""
        return f"evt_{self.uid.hex}"


class WebhookEndpoint(models.Model):
    """Where events are sent. Its secrets are not stored: they come from the salts and the installation's key.

    `after` is the number up to which its deliveries are written. `round` and `busy_until` are the claim of the worker
    that sends to it; `failing_since` is when it began to refuse everything.
    """

    name = models.CharField(max_length=60, unique=True)
    url = models.CharField(max_length=500)
    types = ArrayField(models.CharField(max_length=40, choices=EventType.choices), default=list, blank=True)
    state = models.CharField(max_length=8, choices=EndpointState.choices, default=EndpointState.ACTIVE)
    salt = models.CharField(max_length=32)
    old_salt = models.CharField(max_length=32, blank=True)
    old_salt_until = models.DateTimeField(null=True, blank=True)
    after = models.BigIntegerField(default=0)
    round = models.BigIntegerField(default=0)
    busy_until = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0, help_text="In a row.")
    failing_since = models.DateTimeField(null=True, blank=True)
    last_accepted_at = models.DateTimeField(null=True, blank=True)
    paused_by_failure = models.BooleanField(default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=EndpointState.values), name="endpoint_state_known"),
            models.CheckConstraint(condition=Q(types__contained_by=EventType.values), name="endpoint_types_known"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def refuses_everything(self) -> bool:
        return self.failures >= AILING


class Delivery(models.Model):
    """One event for one endpoint. A replay makes the same row owed again."""

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.PROTECT, related_name="deliveries")
    event = models.ForeignKey(DeliveryEvent, on_delete=models.PROTECT, related_name="deliveries")
    subject = models.CharField(max_length=24)
    state = models.CharField(max_length=8, choices=DeliveryState.choices, default=DeliveryState.OWED)
    attempts = models.PositiveIntegerField(default=0)
    first_tried_at = models.DateTimeField(null=True, blank=True, help_text="From then on the 72 hours count.")
    next_try_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = (
            models.UniqueConstraint(fields=["endpoint", "event"], name="one_delivery_per_endpoint_and_event"),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="delivery_state_known"),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.ACCEPTED, accepted_at__isnull=False)
                | (~Q(state=DeliveryState.ACCEPTED) & Q(accepted_at__isnull=True)),
                name="delivery_accepted_at_iff_accepted",
            ),
        )
        indexes = (
            models.Index(fields=["endpoint", "subject", "event"], condition=Q(state="owed"), name="delivery_in_order"),
            models.Index(fields=["endpoint", "next_try_at", "event"], condition=Q(state="owed"), name="delivery_owed"),
            models.Index(fields=["endpoint"], condition=Q(state="given_up"), name="delivery_given_up"),
        )

    def __str__(self) -> str:
        return f"{self.endpoint_id}: {self.event_id}"


class DeliveryAttempt(models.Model):
    """One request and what came back, without secrets and in bounds."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="tries")
    number = models.PositiveIntegerField()
    began_at = models.DateTimeField()
    milliseconds = models.PositiveIntegerField()
    request_headers = models.JSONField(default=dict)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    response_headers = models.JSONField(default=dict)
    response_body = models.TextField(blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["delivery", "number"], name="one_attempt_per_number"),)
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.delivery_id}/{self.number}"
