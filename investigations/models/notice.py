"""Notices: reports from outside about a listing (DSA Art. 16), what was decided upon them, and the reporter's appeal.

Who reported is known here alone: nothing of it leaves towards the merchant, the marketplace or the log.
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from enforcement.models import Decision
from governance.audit.models.append_only import append_only, refuse
from investigations.enums import NoticeState
from listings.models import Listing


class Notice(models.Model):
    """`due_at` is when the reporter's appeal is to be answered; `decision` is what followed from the notice, where we acted."""

    reference = models.CharField(max_length=30, unique=True)
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="notices")
    reason = models.TextField(help_text="Why it is held to be illegal, in the reporter's words.")
    reporter_name = models.CharField(max_length=200, blank=True)
    reporter_email = models.EmailField(blank=True)
    language = models.CharField(max_length=8)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=NoticeState.choices, default=NoticeState.RECEIVED)
    due_at = models.DateTimeField(null=True, blank=True)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="notices")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=NoticeState.values), name="notice_state_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="notice_in_words"),
            models.CheckConstraint(
                condition=Q(state=NoticeState.ACTED, decision__isnull=False)
                | (~Q(state=NoticeState.ACTED) & Q(decision__isnull=True)),
                name="notice_acted_by_a_decision",
            ),
        )
        indexes = (
            models.Index(fields=["-received_at", "-id"], name="notice_by_time"),
            models.Index(
                fields=["received_at", "id"], condition=Q(state__in=["received", "appealed"]), name="notice_open"
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="fixed",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF to_jsonb(NEW) - '{state,due_at,decision_id}'::text[] IS DISTINCT FROM
                       to_jsonb(OLD) - '{state,due_at,decision_id}'::text[] THEN
                        RAISE EXCEPTION 'a notice is fixed as it came';
                    END IF;
                    RETURN NEW;
                """,
            ),
            refuse(pgtrigger.Delete | pgtrigger.Truncate, name="kept"),
        )

    def __str__(self) -> str:
        return self.reference


class NoticeMove(models.Model):
    """`text` is what was said with it: the reasons to the reporter, the reporter's appeal, the answer. Empty actor: the reporter."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="moves")
    from_state = models.CharField(max_length=9, choices=NoticeState.choices, blank=True)
    to_state = models.CharField(max_length=9, choices=NoticeState.choices)
    text = models.TextField(blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    moved_at = models.DateTimeField()

    class Meta:
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.notice_id}: {self.to_state}"


class NoticeMail(models.Model):
    """The outbox of mail to reporters: a row in the transaction of the verb, delivery afterwards."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="mails")
    move = models.OneToOneField(NoticeMove, on_delete=models.PROTECT, related_name="mail")
    language = models.CharField(max_length=8)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["next_try_at", "id"],
                condition=Q(sent_at__isnull=True, given_up_at__isnull=True),
                name="notice_mail_owed",
            ),
        )

    def __str__(self) -> str:
        return self.subject
