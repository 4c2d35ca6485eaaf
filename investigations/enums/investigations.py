"""Investigations: their states, what they collect, what they end in."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class InvestigationState(models.TextChoices):
    OPEN = "open", pgettext_lazy("investigation", "Open")
    CONCLUDED = "concluded", _("Concluded")


INVESTIGATION_MOVES: dict[InvestigationState, frozenset[InvestigationState]] = {
    InvestigationState.OPEN: frozenset({InvestigationState.CONCLUDED}),
    InvestigationState.CONCLUDED: frozenset({InvestigationState.OPEN}),
}
INVESTIGATION_TONE: dict[InvestigationState, str] = {
    InvestigationState.OPEN: "info",
    InvestigationState.CONCLUDED: "neutral",
}


class CollectedKind(models.TextChoices):
    LISTING = "listing", _("Listing")
    MERCHANT = "merchant", _("Merchant")
    GROUP = "group", _("Linked group")
    CASE = "case", _("Case")


COLLECTED_ICON: dict[CollectedKind, str] = {
    CollectedKind.LISTING: "listing",
    CollectedKind.MERCHANT: "merchant",
    CollectedKind.GROUP: "link",
    CollectedKind.CASE: "case",
}


class ExhibitKind(models.TextChoices):
    FILE = "file", _("File")
    PAGE = "page", _("Listing as it was")


class Handling(models.TextChoices):
    """What somebody did with a piece of evidence: its chain of custody."""

    TAKEN = "taken", pgettext_lazy("evidence", "Taken")
    DOWNLOADED = "downloaded", _("Downloaded")
    VERIFIED = "verified", _("Checked against its hash")
    FAILED = "failed", _("Does not match its hash")
    IN_DOSSIER = "in_dossier", _("Named in a dossier")


HANDLING_TONE: dict[Handling, str] = {
    Handling.TAKEN: "info",
    Handling.DOWNLOADED: "neutral",
    Handling.VERIFIED: "ok",
    Handling.FAILED: "critical",
    Handling.IN_DOSSIER: "neutral",
}


class FindingKind(models.TextChoices):
    CASES = "cases", _("Cases opened")
    POLICY = "policy", _("Policy proposed")
    NOTHING = "nothing", _("Nothing further")
