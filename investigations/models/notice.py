"""Notices: reports from outside (DSA Art. 16), each thing that is reported with its own outcome, and the reporter's appeal.

Who reported is known here alone: nothing of it leaves towards the merchant, the marketplace or the log.
"""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Upper

from enforcement.models import Decision
from governance.audit.models.append_only import append_only, refuse
from governance.web.fulltext import written
from investigations.enums import (
    JUDGED_NOTICES,
    OPEN_NOTICES,
    NoticeChannel,
    NoticeGround,
    NoticeState,
    ReporterKind,
)
from investigations.models.case import CaseItem
from investigations.models.reporter import Reporter, ReporterRight
from listings.models import Listing, Merchant


def order_key(number: F | Value) -> Upper:
    """The number of an order however it is typed: `ab 12-3` and `AB123` are one. For the index and for the queries that are to use it."""
    return Upper(Func(number, Value(r"[\s./_#-]+"), Value(""), Value("g"), function="regexp_replace"))


class Notice(models.Model):
    """One submission, as it came. `reporter_kind` is what its sender was on that day; `sent_key` makes two sendings one."""

    reference = models.CharField(max_length=30, unique=True)
    ground = models.CharField(max_length=20, choices=NoticeGround.choices, default=NoticeGround.OTHER)
    reason = models.TextField(help_text="Why it is held to be illegal, in the reporter's words.")
    good_faith = models.BooleanField(default=False, help_text="They stated it in good faith (DSA Art. 16(2)(d)).")
    channel = models.CharField(max_length=5, choices=NoticeChannel.choices, default=NoticeChannel.STAFF)
    reporter = models.ForeignKey(Reporter, on_delete=models.PROTECT, null=True, blank=True, related_name="notices")
    reporter_kind = models.CharField(max_length=9, choices=ReporterKind.choices, default=ReporterKind.ANONYMOUS)
    reporter_name = models.CharField(max_length=200, blank=True)
    reporter_email = models.EmailField(blank=True)
    right = models.ForeignKey(ReporterRight, on_delete=models.PROTECT, null=True, blank=True, related_name="notices")
    order_number = models.CharField(max_length=120, blank=True, help_text="Of the order with which they bought it.")
    language = models.CharField(max_length=8)
    sent_key = models.CharField(max_length=100, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    received_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="notice_in_words"),
            models.CheckConstraint(condition=Q(ground__in=NoticeGround.values), name="notice_ground_known"),
            models.CheckConstraint(
                condition=Q(reporter__isnull=True, reporter_email="")
                | (Q(reporter__isnull=False) & ~Q(reporter_email="")),
                name="notice_reporter_on_record",
            ),
            models.CheckConstraint(
                condition=Q(reporter_kind=ReporterKind.ANONYMOUS, reporter__isnull=True)
                | (Q(reporter_kind__in=ReporterKind.values) & ~Q(reporter_kind=ReporterKind.ANONYMOUS)),
                name="notice_anonymous_is_nobody",
            ),
            models.UniqueConstraint(fields=["sent_key"], condition=~Q(sent_key=""), name="one_notice_per_sending"),
        )
        indexes = (
            models.Index(fields=["-received_at", "-id"], name="notice_by_time"),
            models.Index(fields=["reporter", "-id"], condition=Q(reporter__isnull=False), name="notice_by_reporter"),
            GinIndex(written("reason"), name="notice_by_words"),
            models.Index(order_key(F("order_number")), condition=~Q(order_number=""), name="notice_by_order_number"),
        )
        triggers = (
            pgtrigger.Trigger(
                name="fixed",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="RAISE EXCEPTION 'a notice is fixed as it came';",
            ),
            refuse(pgtrigger.Delete | pgtrigger.Truncate, name="kept"),
        )

    def __str__(self) -> str:
        return self.reference


class NoticeItem(models.Model):
    """One thing that is reported: a listing, or (`listing` empty) a merchant as a whole.

    `due_at` is by when it is to be answered: the report, after an appeal the appeal. `decision` is what followed, where we acted.
    `case_item` is where it waits for a verdict, since `joined_at` (older rows do not know it); without one it owes a case. `unfounded` says that
    it was manifestly so.
    """

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="items")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="notice_items")
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, null=True, blank=True, related_name="notice_items")
    state = models.CharField(max_length=9, choices=NoticeState.choices, default=NoticeState.RECEIVED)
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="notice_items")
    case_item = models.ForeignKey(
        CaseItem, on_delete=models.PROTECT, null=True, blank=True, related_name="notice_items"
    )
    joined_at = models.DateTimeField(null=True, blank=True)
    unfounded = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=NoticeState.values), name="notice_state_known"),
            models.CheckConstraint(
                condition=Q(state=NoticeState.ACTED, decision__isnull=False)
                | (~Q(state=NoticeState.ACTED) & Q(decision__isnull=True)),
                name="notice_acted_by_a_decision",
            ),
            models.CheckConstraint(
                condition=Q(unfounded=False) | Q(state__in=sorted(JUDGED_NOTICES - {NoticeState.ACTED})),
                name="notice_unfounded_without_action",
            ),
            models.UniqueConstraint(
                fields=["notice", "merchant", "listing"], nulls_distinct=False, name="one_notice_item_per_subject"
            ),
        )
        indexes = (
            models.Index(fields=["-received_at", "-id"], name="notice_item_by_time"),
            models.Index(fields=["due_at", "id"], condition=Q(state__in=sorted(OPEN_NOTICES)), name="notice_item_open"),
            models.Index(
                fields=["id"],
                condition=Q(state=NoticeState.RECEIVED, case_item__isnull=True),
                name="notice_item_owes_a_case",
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="fixed",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF to_jsonb(NEW) - '{state,due_at,decision_id,case_item_id,joined_at,unfounded}'::text[] IS DISTINCT FROM
                       to_jsonb(OLD) - '{state,due_at,decision_id,case_item_id,joined_at,unfounded}'::text[] THEN
                        RAISE EXCEPTION 'what was reported is fixed as it came';
                    END IF;
                    RETURN NEW;
                """,
            ),
            refuse(pgtrigger.Delete | pgtrigger.Truncate, name="kept"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What it is called in a sentence."""
        return str(self.listing) if self.listing else self.merchant.name


class NoticeMail(models.Model):
    """The outbox of mail to reporters: about a notice, or (`reporter`) about how they report. A row in the transaction of the
    verb, delivery afterwards."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, null=True, blank=True, related_name="mails")
    reporter = models.ForeignKey(Reporter, on_delete=models.PROTECT, null=True, blank=True, related_name="mails")
    language = models.CharField(max_length=8)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(notice__isnull=False, reporter__isnull=True)
                | Q(notice__isnull=True, reporter__isnull=False),
                name="notice_mail_about_one_thing",
            ),
        )
        indexes = (
            models.Index(
                fields=["next_try_at", "id"],
                condition=Q(sent_at__isnull=True, given_up_at__isnull=True),
                name="notice_mail_owed",
            ),
        )

    def __str__(self) -> str:
        return self.subject

    @property
    def address(self) -> str:
        if self.notice is not None:
            return self.notice.reporter_email
        return self.reporter.email if self.reporter else ""


class NoticeMove(models.Model):
    """`text` is what was said with it: the reasons to the reporter, the reporter's appeal, the answer. Empty actor: the reporter.

    `mail` is how the reporter was told, one for all that moved together; none where we have no address.
    """

    item = models.ForeignKey(NoticeItem, on_delete=models.PROTECT, related_name="moves")
    from_state = models.CharField(max_length=9, choices=NoticeState.choices, blank=True)
    to_state = models.CharField(max_length=9, choices=NoticeState.choices)
    text = models.TextField(blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    mail = models.ForeignKey(NoticeMail, on_delete=models.PROTECT, null=True, blank=True, related_name="moves")
    moved_at = models.DateTimeField()

    class Meta:
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.item_id}: {self.to_state}"


class NoticeFile(models.Model):
    """What was sent with a notice, kept under the hash of its content; with `right`, the proof of that right."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="files")
    right = models.ForeignKey(ReporterRight, on_delete=models.PROTECT, null=True, blank=True, related_name="files")
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=80)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()

    class Meta:
        triggers = (append_only(),)

    def __str__(self) -> str:
        return self.name
