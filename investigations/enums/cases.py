"""Closed sets of cases, claims and what is told of them."""

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
    ORDER = "order", _("Order of an authority")
    STAFF = "staff", _("Opened by a person")


FROM_OUTSIDE = frozenset({CaseOrigin.NOTICE, CaseOrigin.ORDER})
"""Where no rule has found what is to be judged."""


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
    TAKEN_BACK = "taken_back", _("Taken back by a team lead")
    LEFT = "left", _("Left for a closer look")


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
    REPORTED = "reported", _("it was reported from outside")


class AskedOf(models.TextChoices):
    SENIOR = "senior", _("A senior reviewer")
    LEGAL = "legal", _("Legal")


class News(models.TextChoices):
    """Why a person is told something in the console."""

    MENTION = "mention", _("You are named in a note")
    QUESTION = "question", _("A question for you")
    ANSWER = "answer", _("Your question is answered")
    HANDED_BACK = "handed_back", _("Handed back to you")
    HANDED = "handed", _("Handed to you by a team lead")
    TAKEN_BACK = "taken_back", _("Your case was taken back by a team lead")
    MERGED = "merged", _("Your case was merged into another")
    WOKEN = "woken", _("What you put aside is awake")
    WATCHED = "watched", _("Happened to a case that you watch")


NEWS_ICON: dict[News, str] = {
    News.MENTION: "comment",
    News.QUESTION: "unknown",
    News.ANSWER: "check",
    News.HANDED_BACK: "undo",
    News.HANDED: "hand",
    News.TAKEN_BACK: "undo",
    News.MERGED: "layers",
    News.WOKEN: "clock",
    News.WATCHED: "eye",
}
NEWS_TONE: dict[News, str] = {
    News.MENTION: "info",
    News.QUESTION: "caution",
    News.ANSWER: "ok",
    News.HANDED_BACK: "caution",
    News.HANDED: "info",
    News.TAKEN_BACK: "caution",
    News.MERGED: "caution",
    News.WOKEN: "info",
    News.WATCHED: "neutral",
}


class ReasonFor(models.TextChoices):
    """Where a canned reason may be put."""

    VIOLATES = "violates", _("Why it violates")
    FINE = "fine", _("Why it is fine")
    ANSWER = "answer", _("Answer to an appeal")


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
