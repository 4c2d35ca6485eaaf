"""How people arrange cases and work on them together: links, rest, watching, questions, and what each is told."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from investigations.enums import AskedOf, News, WakeOn, WokenBy
from investigations.models.case import Case
from investigations.models.file import Note

PERSON = settings.AUTH_USER_MODEL


class CaseLink(models.Model):
    """Two cases that belong together, whichever way one looks; the one with the lower number is `first`."""

    first = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=200)
    linked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    linked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="case_link_in_order"),
            models.UniqueConstraint(
                fields=["first", "second"], condition=Q(ended_at__isnull=True), name="one_link_per_pair"
            ),
        )

    def __str__(self) -> str:
        return f"{self.first_id} – {self.second_id}"


class Snooze(models.Model):
    """A case put aside until a day, or until something happens before it. Its deadline runs on."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="snoozes")
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    until = models.DateTimeField()
    wake_on = models.CharField(max_length=8, choices=WakeOn.choices, blank=True)
    snoozed_at = models.DateTimeField()
    woken_at = models.DateTimeField(null=True, blank=True)
    woken_by = models.CharField(max_length=8, choices=WokenBy.choices, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["case"], condition=Q(woken_at__isnull=True), name="one_snooze_per_case"),
            models.CheckConstraint(
                condition=Q(woken_at__isnull=True, woken_by="")
                | (Q(woken_at__isnull=False) & Q(woken_by__in=WokenBy.values)),
                name="snooze_woken_by_iff_woken",
            ),
        )
        indexes = (models.Index(fields=["until"], condition=Q(woken_at__isnull=True), name="snooze_by_day"),)

    def __str__(self) -> str:
        return f"{self.case_id}: {self.until:%Y-%m-%d}"


class Watch(models.Model):
    """A person who is told in the console what happens to a case."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="watches")
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "person"], name="one_watch_per_person"),)

    def __str__(self) -> str:
        return f"{self.case_id}: {self.person_id}"


class Question(models.Model):
    """What somebody who held a case asked of a senior reviewer or of Legal. Until it is answered the case is not given out."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="questions")
    asker = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    asked_of = models.CharField(max_length=6, choices=AskedOf.choices)
    text = models.TextField()
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(answered_at__isnull=True, withdrawn_at__isnull=True),
                name="one_open_question_per_case",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
                name="question_answered_in_words",
            ),
            models.CheckConstraint(condition=Q(asked_of__in=AskedOf.values), name="question_asked_of_known"),
        )
        indexes = (models.Index(fields=["case", "-asked_at"], name="question_of_case"),)

    def __str__(self) -> str:
        return self.text[:60]


class Telling(models.Model):
    """One line in a person's inbox. Only `read_at` is ever written later.

    `verb` is the log's, of what happened to a case; `text` what somebody said with it.
    """

    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=11, choices=News.choices)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    note = models.ForeignKey(Note, on_delete=models.PROTECT, null=True, blank=True, related_name="mentions")
    verb = models.CharField(max_length=60, blank=True)
    text = models.TextField(blank=True)
    told_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(kind__in=News.values), name="telling_kind_known"),)
        indexes = (
            models.Index(fields=["person", "-told_at", "-id"], name="telling_of_person"),
            models.Index(fields=["person"], condition=Q(read_at__isnull=True), name="telling_unread"),
        )

    def __str__(self) -> str:
        return f"{self.person_id}: {self.kind}"
