"""Searching: what a span of time is of, and how long it is."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Moment(models.TextChoices):
    """What of a listing lies in the span that is searched."""

    CHANGED = "changed", pgettext_lazy("listing", "Changed")
    LISTED = "listed", _("First listed")
    DECIDED = "decided", _("Last decided about")


class Span(models.TextChoices):
    """Counted back from now, or from the moment that a search is asked as of."""

    DAY = "1", _("Last 24 hours")
    WEEK = "7", _("Last 7 days")
    MONTH = "30", _("Last 30 days")
    QUARTER = "90", _("Last 90 days")
    YEAR = "365", _("Last 365 days")
