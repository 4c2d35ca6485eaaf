"""Closed sets of pages on which many cases are decided at once."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TileAnswer(models.TextChoices):
    """What is to become of one tile, where it is no measure."""

    APPROVE = "approve", _("No violation")
    SENIOR = "senior", _("To a senior reviewer")
    LEAVE = "leave", _("Leave in the queue")


class TileFate(models.TextChoices):
    """What became of one."""

    APPROVED = "approved", _("No violation")
    DECIDED = "decided", pgettext_lazy("case", "Decided")
    SENIOR = "senior", _("With a senior reviewer")
    LEFT = "left", _("Back in the queue")
    GONE = "gone", _("Not yours any more: nothing was decided")
    OPEN = "open", pgettext_lazy("tile", "Still before you")


FATE_TONE: dict[TileFate, str] = {
    TileFate.APPROVED: "ok",
    TileFate.DECIDED: "critical",
    TileFate.SENIOR: "serious",
    TileFate.LEFT: "neutral",
    TileFate.GONE: "caution",
    TileFate.OPEN: "info",
}
FATE_ICON: dict[TileFate, str] = {
    TileFate.APPROVED: "check",
    TileFate.DECIDED: "gavel",
    TileFate.SENIOR: "hand",
    TileFate.LEFT: "reply",
    TileFate.GONE: "caution",
    TileFate.OPEN: "eye",
}
