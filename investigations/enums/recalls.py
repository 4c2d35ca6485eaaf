"""Closed sets of recalls and of buyers to be told."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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
