"""Orders of courts and authorities: to act against content, for information, about dangerous products; as they came."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from enforcement.models import Decision
from governance.audit.models.append_only import append_only, refuse
from investigations.enums import (
    OPEN_ORDERS,
    NoticeGround,
    OrderChannel,
    OrderKind,
    OrderOutcome,
    OrderState,
)
from investigations.models.case import CaseItem
from listings.models import Listing, Merchant


class AuthorityOrder(models.Model):
    """One order. An authority's number is one order however often it is sent; `authority_key` and `number_key` compare them.

    `markets` are where it holds. `term_at` is by when it asks for effect, `due_at` by when we are to have given it.
    `tell_after` is until when merchants are to learn nothing. `effect_at` is when effect was given to the last part of it.
    """

    reference = models.CharField(max_length=30, unique=True)
    kind = models.CharField(max_length=6, choices=OrderKind.choices)
    state = models.CharField(max_length=10, choices=OrderState.choices, default=OrderState.RECEIVED)
    authority = models.CharField(max_length=200)
    authority_key = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    contact = models.TextField(blank=True)
    email = models.EmailField(blank=True)
    number = models.CharField(max_length=120)
    number_key = models.CharField(max_length=120)
    ground = models.CharField(max_length=20, choices=NoticeGround.choices, default=NoticeGround.OTHER)
    legal_basis = models.TextField(blank=True)
    reasons = models.TextField(blank=True)
    wanted = models.TextField(blank=True, help_text="What is to be done, or which information is to be given.")
    redress = models.TextField(blank=True)
    markets = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    language = models.CharField(max_length=8)
    channel = models.CharField(max_length=5, choices=OrderChannel.choices, default=OrderChannel.STAFF)
    received_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    term_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField()
    tell_after = models.DateTimeField(null=True, blank=True)
    effect_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["country", "authority_key", "number_key"], name="one_order_per_authority_and_number"
            ),
            models.CheckConstraint(condition=Q(kind__in=OrderKind.values), name="order_kind_known"),
            models.CheckConstraint(condition=Q(state__in=OrderState.values), name="order_state_known"),
            models.CheckConstraint(
                condition=~Q(authority_key="") & ~Q(number_key="") & Q(country__regex=r"^[A-Z]{2}$"),
                name="order_issuer_named",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(OPEN_ORDERS), closed_at__isnull=True)
                | (~Q(state__in=sorted(OPEN_ORDERS)) & Q(closed_at__isnull=False)),
                name="order_closed_at_iff_closed",
            ),
        )
        indexes = (
            models.Index(fields=["-received_at", "-id"], name="order_by_time"),
            models.Index(fields=["due_at", "id"], condition=Q(state__in=sorted(OPEN_ORDERS)), name="order_open"),
        )
        triggers = (
            pgtrigger.Trigger(
                name="fixed",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF to_jsonb(NEW) - '{state,effect_at,closed_at}'::text[] IS DISTINCT FROM
                       to_jsonb(OLD) - '{state,effect_at,closed_at}'::text[] THEN
                        RAISE EXCEPTION 'an order is fixed as it came';
                    END IF;
                    RETURN NEW;
                """,
            ),
            refuse(pgtrigger.Delete | pgtrigger.Truncate, name="kept"),
        )

    def __str__(self) -> str:
        return self.reference


class OrderItem(models.Model):
    """One thing that is ordered about, as the authority wrote it (`named`), and what we take it for: a listing, a merchant, or neither.

    `decision` carries it out; until that is final the outcome stays open. `case_item` is where it waits for a verdict.
    `note` says why it was not done.
    """

    order = models.ForeignKey(AuthorityOrder, on_delete=models.PROTECT, related_name="items")
    named = models.CharField(max_length=1000)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, null=True, blank=True, related_name="authority_order_items"
    )
    listing = models.ForeignKey(
        Listing, on_delete=models.PROTECT, null=True, blank=True, related_name="authority_order_items"
    )
    outcome = models.CharField(max_length=8, choices=OrderOutcome.choices, default=OrderOutcome.OPEN)
    decision = models.ForeignKey(
        Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="authority_order_items"
    )
    case_item = models.ForeignKey(
        CaseItem, on_delete=models.PROTECT, null=True, blank=True, related_name="authority_order_items"
    )
    done_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(outcome__in=OrderOutcome.values), name="order_outcome_known"),
            models.CheckConstraint(
                condition=Q(outcome=OrderOutcome.UNKNOWN, merchant__isnull=True, listing__isnull=True)
                | (~Q(outcome=OrderOutcome.UNKNOWN) & Q(merchant__isnull=False)),
                name="order_item_unknown_iff_nobody",
            ),
            models.CheckConstraint(
                condition=Q(outcome=OrderOutcome.DONE, done_at__isnull=False)
                | (~Q(outcome=OrderOutcome.DONE) & Q(done_at__isnull=True)),
                name="order_item_done_at_iff_done",
            ),
            models.UniqueConstraint(
                fields=["order", "merchant", "listing"],
                condition=Q(merchant__isnull=False),
                nulls_distinct=False,
                name="one_order_item_per_subject",
            ),
        )
        indexes = (
            models.Index(fields=["order", "id"], name="order_item_in_order"),
            models.Index(fields=["id"], condition=Q(outcome=OrderOutcome.OPEN), name="order_item_open"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What it is called in a sentence."""
        if self.listing:
            return str(self.listing)
        return self.merchant.name if self.merchant else self.named


class OrderMove(models.Model):
    """`text` is what was said with it: reasons of a refusal, what the authority wrote."""

    order = models.ForeignKey(AuthorityOrder, on_delete=models.PROTECT, related_name="moves")
    from_state = models.CharField(max_length=10, choices=OrderState.choices, blank=True)
    to_state = models.CharField(max_length=10, choices=OrderState.choices)
    text = models.TextField(blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    moved_at = models.DateTimeField()

    class Meta:
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.order_id}: {self.to_state}"
