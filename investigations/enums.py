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


class RecallSource(models.TextChoices):
    """Who published an alert."""

    SAFETY_GATE = "safety_gate", _("Safety Gate")
    CPSC = "cpsc", _("CPSC (United States)")
    OTHER = "other", pgettext_lazy("recall", "Another authority")


SOURCE_NAMES: dict[RecallSource, str] = {
    RecallSource.SAFETY_GATE: "Safety Gate",
    RecallSource.CPSC: "CPSC",
    RecallSource.OTHER: "",
}
"""As a statement names them, in every language."""


class MatchKind(models.TextChoices):
    """By what an alert and a listing are held to be the same product; from the surest."""

    GTIN = "gtin", _("Barcode")
    MODEL = "model", _("Brand and model")
    TEXT = "text", _("Similar text")


KIND_TONE: dict[MatchKind, str] = {
    MatchKind.GTIN: "critical",
    MatchKind.MODEL: "serious",
    MatchKind.TEXT: "caution",
}
KIND_ICON: dict[MatchKind, str] = {MatchKind.GTIN: "hash", MatchKind.MODEL: "tag", MatchKind.TEXT: "search"}


class MatchState(models.TextChoices):
    OPEN = "open", pgettext_lazy("match", "To be looked at")
    CONFIRMED = "confirmed", pgettext_lazy("match", "The recalled product")
    REJECTED = "rejected", pgettext_lazy("match", "Another product")
    GONE = "gone", pgettext_lazy("match", "No longer alike")


# A verdict is taken back as long as nothing was done upon it. What is alike again after a corrigendum is looked at again.
MATCH_MOVES: dict[MatchState, frozenset[MatchState]] = {
    MatchState.OPEN: frozenset({MatchState.CONFIRMED, MatchState.REJECTED, MatchState.GONE}),
    MatchState.CONFIRMED: frozenset({MatchState.OPEN}),
    MatchState.REJECTED: frozenset({MatchState.OPEN}),
    MatchState.GONE: frozenset({MatchState.OPEN}),
}
MATCH_TONE: dict[MatchState, str] = {
    MatchState.OPEN: "caution",
    MatchState.CONFIRMED: "critical",
    MatchState.REJECTED: "neutral",
    MatchState.GONE: "neutral",
}


class KeyKind(models.TextChoices):
    """What an alert is found by when a listing comes or changes."""

    GTIN = "gtin", _("Barcode")
    BRAND = "brand", _("Brand")
    MODEL = "model", _("Model")
    WORD = "word", _("Word")


class ConsumerCause(models.TextChoices):
    RECALL = "recall", _("Product recall")
    ILLEGAL = "illegal", _("Illegal product")


class ConsumerState(models.TextChoices):
    OWED = "owed", pgettext_lazy("buyers", "To be handed over")
    HANDED = "handed", pgettext_lazy("buyers", "Handed over")
    CANCELLED = "cancelled", pgettext_lazy("buyers", "Not needed: the decision was taken back")


CONSUMER_MOVES: dict[ConsumerState, frozenset[ConsumerState]] = {
    ConsumerState.OWED: frozenset({ConsumerState.HANDED, ConsumerState.CANCELLED}),
    ConsumerState.HANDED: frozenset(),
    ConsumerState.CANCELLED: frozenset(),
}
CONSUMER_TONE: dict[ConsumerState, str] = {
    ConsumerState.OWED: "caution",
    ConsumerState.HANDED: "ok",
    ConsumerState.CANCELLED: "neutral",
}
