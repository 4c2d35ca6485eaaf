"""Appeals, their moves and outcomes."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AppealState(models.TextChoices):
    FILED = "filed", _("Filed")
    IN_REVIEW = "in_review", _("Being read")
    UPHELD = "upheld", _("Decision stands")
    PARTLY_OVERTURNED = "partly_overturned", _("Overturned in part")
    OVERTURNED = "overturned", _("Overturned")
    INADMISSIBLE = "inadmissible", _("Not admissible")
    WITHDRAWN = "withdrawn", _("Withdrawn by the merchant")


APPEAL_MOVES: dict[AppealState, frozenset[AppealState]] = {
    AppealState.FILED: frozenset({AppealState.IN_REVIEW, AppealState.WITHDRAWN}),
    AppealState.IN_REVIEW: frozenset(
        {
            AppealState.FILED,
            AppealState.UPHELD,
            AppealState.PARTLY_OVERTURNED,
            AppealState.OVERTURNED,
            AppealState.INADMISSIBLE,
            AppealState.WITHDRAWN,
        }
    ),
    AppealState.UPHELD: frozenset(),
    AppealState.PARTLY_OVERTURNED: frozenset(),
    AppealState.OVERTURNED: frozenset(),
    AppealState.INADMISSIBLE: frozenset(),
    AppealState.WITHDRAWN: frozenset(),
}
APPEAL_TONE: dict[AppealState, str] = {
    AppealState.FILED: "caution",
    AppealState.IN_REVIEW: "info",
    AppealState.UPHELD: "neutral",
    AppealState.PARTLY_OVERTURNED: "ok",
    AppealState.OVERTURNED: "ok",
    AppealState.INADMISSIBLE: "neutral",
    AppealState.WITHDRAWN: "neutral",
}
OPEN_APPEALS = frozenset({AppealState.FILED, AppealState.IN_REVIEW})
WON_APPEALS = frozenset({AppealState.OVERTURNED, AppealState.PARTLY_OVERTURNED})


class AppealChannel(models.TextChoices):
    PAGE = "page", _("Merchant's page")
    API = "api", _("API")
    ON_BEHALF = "on_behalf", _("Entered on the merchant's behalf")


class ItemOutcome(models.TextChoices):
    UPHELD = "upheld", _("Stands")
    OVERTURNED = "overturned", _("Overturned")


class ReminderKind(models.TextChoices):
    """What a person who hears appeals is told by mail."""

    SOON = "soon", _("Due soon")
    LATE = "late", _("Late")
