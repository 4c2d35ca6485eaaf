"""Closed sets of the risk that spreads over links."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RiskReason(models.TextChoices):
    """Why a merchant is a risk by itself, from the gravest to the least."""

    TERMINATED = "terminated", _("Account terminated")
    SUSPENDED = "suspended", _("Account suspended")
    RIGHTS = "rights", _("Listing rights suspended")
    CRITICAL_CASE = "critical_case", _("Open critical case")
    POINTS = "points", _("Points")


class RiskLevel(models.TextChoices):
    HIGH = "high", pgettext_lazy("risk", "High")
    RAISED = "raised", pgettext_lazy("risk", "Raised")
    LOW = "low", pgettext_lazy("risk", "Low")
    NONE = "none", pgettext_lazy("risk", "None known")


RISK_LEVEL_TONE: dict[RiskLevel, str] = {
    RiskLevel.HIGH: "critical",
    RiskLevel.RAISED: "caution",
    RiskLevel.LOW: "info",
    RiskLevel.NONE: "neutral",
}
RISK_FROM: tuple[tuple[float, RiskLevel], ...] = (
    (0.6, RiskLevel.HIGH),
    (0.25, RiskLevel.RAISED),
    (0.005, RiskLevel.LOW),
)
"""From which number on a risk is called so."""


def risk_level(risk: float) -> RiskLevel:
    return next((level for least, level in RISK_FROM if risk >= least), RiskLevel.NONE)
