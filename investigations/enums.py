"""Closed sets of case work, their transition tables and badge tones."""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CaseState(models.TextChoices):
    OPEN = "open", _("Waiting")
    IN_REVIEW = "in_review", _("Being read")
    HELD = "held", _("With a senior reviewer")
    CLOSED = "closed", _("Closed")


# Open and held cases close by themselves when everything in them was corrected. A closed one comes back by undo, to whoever
# decided; by a person who reopens it; and where a merge is undone, to where it waited.
CASE_MOVES: dict[CaseState, frozenset[CaseState]] = {
    CaseState.OPEN: frozenset({CaseState.IN_REVIEW, CaseState.CLOSED}),
    CaseState.IN_REVIEW: frozenset({CaseState.OPEN, CaseState.HELD, CaseState.CLOSED}),
    CaseState.HELD: frozenset({CaseState.IN_REVIEW, CaseState.CLOSED}),
    CaseState.CLOSED: frozenset({CaseState.IN_REVIEW, CaseState.OPEN, CaseState.HELD}),
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
    MERGED = "merged", _("Merged into another")


OUTCOME_TONE: dict[CaseOutcome, str] = {
    CaseOutcome.DECIDED: "info",
    CaseOutcome.NO_VIOLATION: "ok",
    CaseOutcome.RESOLVED: "ok",
    CaseOutcome.MERGED: "neutral",
}
OUTCOME_ICON: dict[CaseOutcome, str] = {CaseOutcome.DECIDED: "gavel", CaseOutcome.MERGED: "layers"}


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
    ABSENT = "absent", _("Given back, the person is away")
    MERGED = "merged", _("The case was merged into another")
    SNOOZED = "snoozed", _("Put aside")
    ASKED = "asked", _("Asked a colleague")
    HANDED_BACK = "handed_back", _("Handed back")


class Skill(models.TextChoices):
    """What a queue may ask of a person before it gives them a case."""

    LANGUAGE = "language", _("Reads the languages of its listings")
    MARKET = "market", _("Knows one of its markets")
    FAMILY = "family", _("Knows its family of policies")
    SEVERITY = "severity", _("Decides on its severity")

    @property
    def short(self) -> str:
        return str(SKILL_SHORT[self])


SKILL_SHORT: dict[Skill, str | Promise] = {
    Skill.LANGUAGE: pgettext_lazy("skill", "languages"),
    Skill.MARKET: pgettext_lazy("skill", "markets"),
    Skill.FAMILY: pgettext_lazy("skill", "family"),
    Skill.SEVERITY: pgettext_lazy("skill", "severity"),
}


class WakeOn(models.TextChoices):
    """What ends a snooze before its day."""

    NOTHING = "", _("Only on that day")
    ANSWER = "answer", _("When the merchant answers or appeals")
    CHANGE = "change", _("When the merchant changes one of the listings")


class WokenBy(models.TextChoices):
    DAY = "day", _("the day has come")
    ANSWER = "answer", _("the merchant has written")
    CHANGE = "change", _("the merchant changed a listing")
    TAKEN = "taken", _("somebody took the case")
    CLOSED = "closed", _("the case was closed")
    PERSON = "person", _("somebody woke it")


class AskedOf(models.TextChoices):
    SENIOR = "senior", _("A senior reviewer")
    LEGAL = "legal", _("Legal")


class News(models.TextChoices):
    """Why a person is told something in the console."""

    MENTION = "mention", _("You are named in a note")
    QUESTION = "question", _("A question for you")
    ANSWER = "answer", _("Your question is answered")
    HANDED_BACK = "handed_back", _("Handed back to you")
    MERGED = "merged", _("Your case was merged into another")
    WOKEN = "woken", _("What you put aside is awake")
    WATCHED = "watched", _("Happened to a case that you watch")


NEWS_ICON: dict[News, str] = {
    News.MENTION: "comment",
    News.QUESTION: "unknown",
    News.ANSWER: "check",
    News.HANDED_BACK: "undo",
    News.MERGED: "layers",
    News.WOKEN: "clock",
    News.WATCHED: "eye",
}
NEWS_TONE: dict[News, str] = {
    News.MENTION: "info",
    News.QUESTION: "caution",
    News.ANSWER: "ok",
    News.HANDED_BACK: "caution",
    News.MERGED: "caution",
    News.WOKEN: "info",
    News.WATCHED: "neutral",
}


class ReasonFor(models.TextChoices):
    """Where a canned reason may be put."""

    VIOLATES = "violates", _("Why it violates")
    FINE = "fine", _("Why it is fine")
    ANSWER = "answer", _("Answer to an appeal")


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


class ReviewKind(models.TextChoices):
    """Why a decision is read a second time. Only what was drawn at random stands for the whole."""

    RANDOM = "random", _("Drawn at random")
    RISK = "risk", _("Drawn by risk")
    AUTOMATION = "automation", _("Decided by automation")


class DrawnFor(models.TextChoices):
    CRITICAL = "critical", _("critical policy")
    HARSH = "harsh", _("harsh measure")
    QUICK = "quick", _("decided in seconds")
    NEW = "new", _("new colleague")
    CONTESTED = "contested", _("policy often overturned")
    LARGE = "large", _("sells much")


class ReviewState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("second review", "To be read")
    TAKEN = "taken", pgettext_lazy("second review", "Being read")
    DIFFERS = "differs", pgettext_lazy("second review", "Differs")
    SETTLED = "settled", pgettext_lazy("second review", "Settled")
    DROPPED = "dropped", pgettext_lazy("second review", "Dropped")


# What was undone or reversed before anybody read it is dropped. A reader who does not finish gives it back.
REVIEW_MOVES: dict[ReviewState, frozenset[ReviewState]] = {
    ReviewState.WAITING: frozenset({ReviewState.TAKEN, ReviewState.DROPPED}),
    ReviewState.TAKEN: frozenset({ReviewState.WAITING, ReviewState.DIFFERS, ReviewState.SETTLED, ReviewState.DROPPED}),
    ReviewState.DIFFERS: frozenset({ReviewState.SETTLED}),
    ReviewState.SETTLED: frozenset(),
    ReviewState.DROPPED: frozenset(),
}
REVIEW_TONE: dict[ReviewState, str] = {
    ReviewState.WAITING: "caution",
    ReviewState.TAKEN: "info",
    ReviewState.DIFFERS: "serious",
    ReviewState.SETTLED: "ok",
    ReviewState.DROPPED: "neutral",
}
OPEN_REVIEWS = frozenset({ReviewState.WAITING, ReviewState.TAKEN})
READ_REVIEWS = frozenset({ReviewState.DIFFERS, ReviewState.SETTLED})


class ReviewOutcome(models.TextChoices):
    AGREED = "agreed", pgettext_lazy("second review", "Both agree")
    FIRST = "first_right", pgettext_lazy("second review", "The first was right")
    SECOND = "second_right", pgettext_lazy("second review", "The second was right")
    UNCLEAR = "unclear", pgettext_lazy("second review", "The policy leaves it open")


REVIEW_OUTCOME_TONE: dict[ReviewOutcome, str] = {
    ReviewOutcome.AGREED: "ok",
    ReviewOutcome.FIRST: "neutral",
    ReviewOutcome.SECOND: "caution",
    ReviewOutcome.UNCLEAR: "serious",
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
