"""Closed sets of case work, their transition tables and badge tones."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CaseState(models.TextChoices):
    OPEN = "open", _("Waiting")
    IN_REVIEW = "in_review", _("Being read")
    HELD = "held", _("With a senior reviewer")
    CLOSED = "closed", _("Closed")


# Open and held cases close by themselves when everything in them was corrected; a closed one comes back only by undo.
CASE_MOVES: dict[CaseState, frozenset[CaseState]] = {
    CaseState.OPEN: frozenset({CaseState.IN_REVIEW, CaseState.CLOSED}),
    CaseState.IN_REVIEW: frozenset({CaseState.OPEN, CaseState.HELD, CaseState.CLOSED}),
    CaseState.HELD: frozenset({CaseState.IN_REVIEW, CaseState.CLOSED}),
    CaseState.CLOSED: frozenset({CaseState.IN_REVIEW}),
}
CASE_TONE: dict[CaseState, str] = {
    CaseState.OPEN: "caution",
    CaseState.IN_REVIEW: "info",
    CaseState.HELD: "serious",
    CaseState.CLOSED: "neutral",
}
LIVE_CASES = frozenset(set(CaseState) - {CaseState.CLOSED})
WAITING_CASES = frozenset({CaseState.OPEN, CaseState.HELD})


class CaseOrigin(models.TextChoices):
    SWEEP = "sweep", _("Sweep")
    NOTICE = "notice", _("Notice")
    STAFF = "staff", _("Opened by a person")


class CaseOutcome(models.TextChoices):
    DECIDED = "decided", _("Decided")
    NO_VIOLATION = "no_violation", _("No violation")
    RESOLVED = "resolved", _("Corrected meanwhile")


OUTCOME_TONE: dict[CaseOutcome, str] = {
    CaseOutcome.DECIDED: "info",
    CaseOutcome.NO_VIOLATION: "ok",
    CaseOutcome.RESOLVED: "ok",
}
OUTCOME_ICON: dict[CaseOutcome, str] = {CaseOutcome.DECIDED: "gavel"}


class Verdict(models.TextChoices):
    VIOLATES = "violates", _("Violates")
    FINE = "fine", _("Fine")
    UNSURE = "unsure", _("Unsure")


VERDICT_TONE: dict[Verdict, str] = {Verdict.VIOLATES: "critical", Verdict.FINE: "ok", Verdict.UNSURE: "caution"}


class ClaimEnd(models.TextChoices):
    DECIDED = "decided", _("Decided")
    RELEASED = "released", _("Released")
    SKIPPED = "skipped", _("Skipped")
    HELD = "held", _("Held for a senior reviewer")
    LAPSED = "lapsed", _("Ran out")
    RESOLVED = "resolved", _("Nothing was left to decide")


class NoticeState(models.TextChoices):
    RECEIVED = "received", pgettext_lazy("notice", "To be decided")
    NO_ACTION = "no_action", pgettext_lazy("notice", "No action")
    APPEALED = "appealed", pgettext_lazy("notice", "Appealed by the reporter")
    CONFIRMED = "confirmed", pgettext_lazy("notice", "No action, confirmed")
    ACTED = "acted", pgettext_lazy("notice", "Acted upon")


# An appeal that succeeds puts the notice back among those to be decided.
NOTICE_MOVES: dict[NoticeState, frozenset[NoticeState]] = {
    NoticeState.RECEIVED: frozenset({NoticeState.NO_ACTION, NoticeState.ACTED}),
    NoticeState.NO_ACTION: frozenset({NoticeState.APPEALED, NoticeState.ACTED}),
    NoticeState.APPEALED: frozenset({NoticeState.CONFIRMED, NoticeState.RECEIVED}),
    NoticeState.CONFIRMED: frozenset({NoticeState.ACTED}),
    NoticeState.ACTED: frozenset(),
}
NOTICE_TONE: dict[NoticeState, str] = {
    NoticeState.RECEIVED: "caution",
    NoticeState.NO_ACTION: "neutral",
    NoticeState.APPEALED: "serious",
    NoticeState.CONFIRMED: "neutral",
    NoticeState.ACTED: "ok",
}
OPEN_NOTICES = frozenset({NoticeState.RECEIVED, NoticeState.APPEALED})


class EvidenceKind(models.TextChoices):
    FILE = "file", _("File")
    LINK = "link", _("Link")
    SNAPSHOT = "snapshot", _("Snapshot of a listing")


class ListingStanding(models.TextChoices):
    """Where a listing stands, in one word for a row; from the gravest."""

    HIDDEN = "hidden", _("Not on sale")
    AGE_GATED = "age_gated", _("Age-gated")
    MARKED = "marked", _("Demoted or labelled")
    IN_REVIEW = "in_review", _("In review")
    TO_CORRECT = "to_correct", _("To correct")
    VIOLATION = "violation", _("Violation")
    ON_SALE = "on_sale", _("On sale")
    ENDED = "ended", _("Ended")


STANDING_TONE: dict[ListingStanding, str] = {
    ListingStanding.HIDDEN: "critical",
    ListingStanding.AGE_GATED: "info",
    ListingStanding.MARKED: "info",
    ListingStanding.IN_REVIEW: "serious",
    ListingStanding.TO_CORRECT: "caution",
    ListingStanding.VIOLATION: "serious",
    ListingStanding.ON_SALE: "ok",
    ListingStanding.ENDED: "neutral",
}
STANDING_ICON: dict[ListingStanding, str] = {
    ListingStanding.HIDDEN: "critical",
    ListingStanding.AGE_GATED: "lock",
    ListingStanding.MARKED: "tag",
    ListingStanding.IN_REVIEW: "case",
    ListingStanding.TO_CORRECT: "edit",
    ListingStanding.VIOLATION: "serious",
    ListingStanding.ON_SALE: "ok",
    ListingStanding.ENDED: "minus",
}


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
