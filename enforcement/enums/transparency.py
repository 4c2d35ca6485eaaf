"""Submissions to the EU's Transparency Database."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Environment(models.TextChoices):
    """Of the EU's Transparency Database: what the sandbox accepts is a rehearsal."""

    SANDBOX = "sandbox", _("Sandbox")
    PRODUCTION = "production", _("Production")


class SubmissionState(models.TextChoices):
    """Of what the EU's Transparency Database is owed about a decision."""

    OWED = "owed", _("To be sent")
    SENT = "sent", pgettext_lazy("submission", "Accepted")
    REFUSED = "refused", pgettext_lazy("submission", "Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# Withdrawn becomes accepted where it was on its way already: what the database holds is said.
SUBMISSION_MOVES: dict[SubmissionState, frozenset[SubmissionState]] = {
    SubmissionState.OWED: frozenset({SubmissionState.SENT, SubmissionState.REFUSED, SubmissionState.WITHDRAWN}),
    SubmissionState.SENT: frozenset(),
    SubmissionState.REFUSED: frozenset({SubmissionState.OWED, SubmissionState.WITHDRAWN}),
    SubmissionState.WITHDRAWN: frozenset({SubmissionState.SENT}),
}
SUBMISSION_TONE: dict[SubmissionState, str] = {
    SubmissionState.OWED: "caution",
    SubmissionState.SENT: "ok",
    SubmissionState.REFUSED: "critical",
    SubmissionState.WITHDRAWN: "neutral",
}
