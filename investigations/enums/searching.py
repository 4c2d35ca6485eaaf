"""Searching: what is searched, what a span of time is of, and how long it is."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SearchKind(models.TextChoices):
    """What a search looks through; its address has the value."""

    LISTINGS = "listings", _("Listings")
    MERCHANTS = "merchants", _("Merchants")
    CASES = "cases", _("Cases")
    DECISIONS = "decisions", _("Decisions")


class Moment(models.TextChoices):
    """What of a thing lies in the span that is searched. Which of them a kind of thing has, its search says."""

    CHANGED = "changed", pgettext_lazy("listing", "Changed")
    LISTED = "listed", _("First listed")
    DECIDED = "decided", _("Last decided about")
    OPENED = "opened", _("Opened")
    CLOSED = "closed", _("Closed")
    DUE = "due", _("Decide by")
    MADE = "made", _("Decided")
    BEGAN = "began", _("Took effect")
    ENDS = "ends", _("Ends")
    JOINED = "joined", _("Joined")


class Span(models.TextChoices):
    """Counted back from now, or from the moment that a search is asked as of."""

    DAY = "1", _("Last 24 hours")
    WEEK = "7", _("Last 7 days")
    MONTH = "30", _("Last 30 days")
    QUARTER = "90", _("Last 90 days")
    YEAR = "365", _("Last 365 days")
