"""Closed sets of policies: severity, measures, states and modes, with their transition tables and tones."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Severity(models.TextChoices):
    CRITICAL = "critical", _("Critical")
    SERIOUS = "serious", _("Serious")
    MODERATE = "moderate", _("Moderate")
    MINOR = "minor", _("Minor")


SEVERITY_TONE: dict[Severity, str] = {
    Severity.CRITICAL: "critical",
    Severity.SERIOUS: "serious",
    Severity.MODERATE: "caution",
    Severity.MINOR: "neutral",
}
SEVERITY_RANK: dict[Severity, int] = {severity: rank for rank, severity in enumerate(Severity, start=1)}


class Measure(models.TextChoices):
    """What a decision may do, from the mildest to the harshest. `enforcement/measures/` has one class for each."""

    WARN = "warn", _("Warn")
    REQUEST_CORRECTION = "request_correction", _("Ask to correct")
    DEMOTE = "demote", _("Demote")
    LABEL = "label", _("Label")
    AGE_GATE = "age_gate", _("Age-gate")
    RESTRICT_MARKETS = "restrict_markets", _("Restrict in markets")
    REMOVE = "remove", _("Remove")
    BLOCK_RELISTING = "block_relisting", _("Remove and block relisting")
    LIMIT_NEW_LISTINGS = "limit_new_listings", _("Limit new listings")
    SUSPEND_LISTING_RIGHTS = "suspend_listing_rights", _("Suspend listing rights")
    SUSPEND = "suspend", _("Suspend the account")
    TERMINATE = "terminate", _("Terminate the account")
    WITHHOLD_PAYOUT = "withhold_payout", _("Withhold payouts")


class Subject(models.TextChoices):
    LISTINGS = "listings", _("Listings")
    MERCHANTS = "merchants", _("Merchants")


FAMILIES = {
    "alcohol": _("Alcohol"),
    "all": _("All goods"),
    "apparel": _("Clothing and shoes"),
    "automotive": _("Car and motorcycle"),
    "baby": _("Baby and child"),
    "batteries": _("Batteries"),
    "chemicals": _("Chemicals"),
    "cosmetics": _("Cosmetics"),
    "electronics": _("Electronics"),
    "food": _("Food"),
    "health": _("Health"),
    "home": pgettext_lazy("goods", "Home"),
    "jewellery": _("Jewellery"),
    "merchants": _("Merchants"),
    "mobility": _("E-mobility"),
    "tobacco": _("Tobacco and nicotine"),
    "toys": _("Toys"),
    "weapons": _("Weapons"),
    "wildlife": _("Protected species"),
}
"""The families that come with the product, in words. A marketplace may name its own, which are shown as they are."""


def family_name(family: str) -> str:
    return str(FAMILIES.get(family, family))


class Ground(models.TextChoices):
    LEGAL = "legal", _("Illegal content")
    TERMS = "terms", _("Against the terms")


class Matter(models.TextChoices):
    """What the EU's Transparency Database calls the matter of a policy, in its codes."""

    ANIMAL_WELFARE = "STATEMENT_CATEGORY_ANIMAL_WELFARE", _("Animal welfare")
    CONSUMER_INFORMATION = "STATEMENT_CATEGORY_CONSUMER_INFORMATION", _("Consumer information")
    CYBER_VIOLENCE = "STATEMENT_CATEGORY_CYBER_VIOLENCE", _("Cyber violence")
    CYBER_VIOLENCE_AGAINST_WOMEN = "STATEMENT_CATEGORY_CYBER_VIOLENCE_AGAINST_WOMEN", _("Cyber violence against women")
    DATA_PROTECTION_AND_PRIVACY_VIOLATIONS = (
        "STATEMENT_CATEGORY_DATA_PROTECTION_AND_PRIVACY_VIOLATIONS",
        _("Data protection and privacy"),
    )
    ILLEGAL_OR_HARMFUL_SPEECH = "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH", _("Illegal or harmful speech")
    INTELLECTUAL_PROPERTY_INFRINGEMENTS = (
        "STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS",
        _("Intellectual property"),
    )
    NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS = (
        "STATEMENT_CATEGORY_NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS",
        _("Civic discourse or elections"),
    )
    PROTECTION_OF_MINORS = "STATEMENT_CATEGORY_PROTECTION_OF_MINORS", _("Protection of minors")
    RISK_FOR_PUBLIC_SECURITY = "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY", _("Risk for public security")
    SCAMS_AND_FRAUD = "STATEMENT_CATEGORY_SCAMS_AND_FRAUD", _("Scams and fraud")
    SELF_HARM = "STATEMENT_CATEGORY_SELF_HARM", _("Self-harm")
    UNSAFE_AND_PROHIBITED_PRODUCTS = (
        "STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS",
        _("Unsafe and prohibited products"),
    )
    VIOLENCE = "STATEMENT_CATEGORY_VIOLENCE", _("Violence")
    OTHER_VIOLATION_TC = "STATEMENT_CATEGORY_OTHER_VIOLATION_TC", _("Other violation of the terms")
    NOT_SPECIFIED_NOTICE = "STATEMENT_CATEGORY_NOT_SPECIFIED_NOTICE", _("Not specified by the notice")


class Mode(models.TextChoices):
    """What a live policy does with what it finds."""

    OFF = "off", _("Off")
    SHADOW = "shadow", _("Shadow")
    REVIEW = "review", _("Review")
    ENFORCE = "enforce", _("Enforce")


MODE_MEANS = {
    Mode.OFF: _("Looks at nothing."),
    Mode.SHADOW: _("Finds and counts; nobody is told, nothing follows."),
    Mode.REVIEW: _("Opens cases: a person decides each."),
    Mode.ENFORCE: _("Decides at once by its default measure."),
}
MODE_MOVES: dict[Mode, frozenset[Mode]] = {mode: frozenset(set(Mode) - {mode}) for mode in Mode}
MODE_TONE: dict[Mode, str] = {Mode.OFF: "neutral", Mode.SHADOW: "info", Mode.REVIEW: "caution", Mode.ENFORCE: "ok"}


class VersionState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Waits for approval")
    LIVE = "live", _("In force")
    RETURNED = "returned", _("Sent back")
    SUPERSEDED = "superseded", _("Replaced by a later version")
    WITHDRAWN = "withdrawn", _("Withdrawn")


VERSION_MOVES: dict[VersionState, frozenset[VersionState]] = {
    VersionState.DRAFT: frozenset({VersionState.SUBMITTED, VersionState.WITHDRAWN}),
    VersionState.SUBMITTED: frozenset({VersionState.LIVE, VersionState.RETURNED, VersionState.WITHDRAWN}),
    VersionState.LIVE: frozenset({VersionState.SUPERSEDED, VersionState.WITHDRAWN}),
    VersionState.RETURNED: frozenset(),
    VersionState.SUPERSEDED: frozenset(),
    VersionState.WITHDRAWN: frozenset(),
}
VERSION_TONE: dict[VersionState, str] = {
    VersionState.DRAFT: "info",
    VersionState.SUBMITTED: "caution",
    VersionState.LIVE: "ok",
    VersionState.RETURNED: "serious",
    VersionState.SUPERSEDED: "neutral",
    VersionState.WITHDRAWN: "neutral",
}


class Reads(models.TextChoices):
    """Which of a listing's two normalised texts a term list reads."""

    BASE = "base", _("Words as written")
    SKELETON = "skeleton", _("Words seen through disguises")


class ApprovalOutcome(models.TextChoices):
    APPROVED = "approved", _("Approved")
    OBJECTED = "objected", _("Objects")
