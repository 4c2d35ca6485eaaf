"""What is counted of a team's work."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Counted(models.TextChoices):
    """One kind of event of a day, or (waiting) what there was at its end.

    Its part is the step of a length of time; of a skip it is the reason, of what was heard who heard it, else empty.
    """

    OPENED = "opened", _("Opened")
    REOPENED = "reopened", _("Came back")
    TAKEN = "taken", _("Taken for the first time")
    DECIDED = "decided", _("Decided for the first time")
    HANDLED = "handled", _("Acts of deciding")
    CLOSED = "closed", _("Closed")
    MERGED = "merged", _("Merged into another")
    IN_TIME = "in_time", _("Closed in time")
    LATE = "late", _("Closed late")
    SKIPPED = "skipped", _("Skipped")
    WAITING = "waiting", _("Open at the end of the day")
    READ = "read", _("Read a second time")
    MISREAD = "misread", _("Second reader was right")
    HEARD = "heard", _("Heard on appeal")
    OVERTURNED = "overturned", _("Overturned")
