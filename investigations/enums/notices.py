"""Closed sets of notices and of those who report."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.policies.enums import Matter, Severity


class NoticeState(models.TextChoices):
    RECEIVED = "received", pgettext_lazy("notice", "To be decided")
    NO_ACTION = "no_action", pgettext_lazy("notice", "No action")
    APPEALED = "appealed", pgettext_lazy("notice", "Appealed by the reporter")
    CONFIRMED = "confirmed", pgettext_lazy("notice", "No action, confirmed")
    ACTED = "acted", pgettext_lazy("notice", "Acted upon")
    SET_ASIDE = "set_aside", pgettext_lazy("notice", "Set aside")


# Of each thing that is reported. An appeal that succeeds puts it back among those to be decided; what came from a suspended
# reporter is set aside until a person takes it up.
NOTICE_MOVES: dict[NoticeState, frozenset[NoticeState]] = {
    NoticeState.RECEIVED: frozenset({NoticeState.NO_ACTION, NoticeState.ACTED}),
    NoticeState.NO_ACTION: frozenset({NoticeState.APPEALED, NoticeState.ACTED}),
    NoticeState.APPEALED: frozenset({NoticeState.CONFIRMED, NoticeState.RECEIVED}),
    NoticeState.CONFIRMED: frozenset({NoticeState.ACTED}),
    NoticeState.ACTED: frozenset(),
    NoticeState.SET_ASIDE: frozenset({NoticeState.RECEIVED}),
}
NOTICE_TONE: dict[NoticeState, str] = {
    NoticeState.RECEIVED: "caution",
    NoticeState.NO_ACTION: "neutral",
    NoticeState.APPEALED: "serious",
    NoticeState.CONFIRMED: "neutral",
    NoticeState.ACTED: "ok",
    NoticeState.SET_ASIDE: "neutral",
}
OPEN_NOTICES = frozenset({NoticeState.RECEIVED, NoticeState.APPEALED})
ENDED_NOTICES = frozenset({NoticeState.NO_ACTION, NoticeState.CONFIRMED})
JUDGED_NOTICES = ENDED_NOTICES | {NoticeState.ACTED, NoticeState.APPEALED}


class NoticeGround(models.TextChoices):
    """What is held to be wrong, in words of people who report; in the order in which they are offered.

    An order of an authority has one, too: what it says is illegal, in the same words, so that both count in the same categories. The
    name is that of the older of the two.
    """

    UNSAFE = "unsafe", pgettext_lazy("ground", "It is dangerous: it can hurt, burn, poison or choke somebody")
    PROHIBITED = "prohibited", pgettext_lazy("ground", "It may not be sold, or not to everybody")
    COUNTERFEIT = (
        "counterfeit",
        pgettext_lazy("ground", "It is a fake, or infringes a brand, design, patent or copyright"),
    )
    SCAM = "scam", pgettext_lazy("ground", "It is a scam: the offer, the seller or the reviews are not real")
    CONSUMERS = (
        "consumers",
        pgettext_lazy("ground", "Information on the product, the price or the seller is missing or false"),
    )
    MINORS = "minors", pgettext_lazy("ground", "It harms children")
    CHILD_ABUSE = "child_abuse", pgettext_lazy("ground", "It shows or offers sexual abuse of children")
    ANIMALS = "animals", pgettext_lazy("ground", "It harms animals, or sells animals unlawfully")
    PRIVACY = "privacy", pgettext_lazy("ground", "It uses somebody's personal data or pictures")
    SPEECH = "speech", pgettext_lazy("ground", "It insults or incites hatred")
    VIOLENCE = "violence", pgettext_lazy("ground", "It incites violence, or exploits people")
    CYBER_VIOLENCE = "cyber_violence", pgettext_lazy("ground", "It bullies, stalks or threatens somebody")
    SECURITY = "security", pgettext_lazy("ground", "It endangers public safety, health or the environment")
    SELF_HARM = "self_harm", pgettext_lazy("ground", "It encourages people to harm themselves")
    CIVIC = "civic", pgettext_lazy("ground", "It spreads false information about elections or public affairs")
    TERMS = "terms", pgettext_lazy("ground", "It breaks the marketplace's own rules")
    OTHER = "other", pgettext_lazy("ground", "Something else that is illegal")


GROUND_NAME: dict[NoticeGround, object] = {
    NoticeGround.UNSAFE: pgettext_lazy("ground", "Dangerous product"),
    NoticeGround.PROHIBITED: pgettext_lazy("ground", "Prohibited product"),
    NoticeGround.COUNTERFEIT: pgettext_lazy("ground", "Infringed right"),
    NoticeGround.SCAM: pgettext_lazy("ground", "Scam"),
    NoticeGround.CONSUMERS: pgettext_lazy("ground", "Consumer information"),
    NoticeGround.MINORS: pgettext_lazy("ground", "Harm to children"),
    NoticeGround.CHILD_ABUSE: pgettext_lazy("ground", "Child abuse"),
    NoticeGround.ANIMALS: pgettext_lazy("ground", "Animal welfare"),
    NoticeGround.PRIVACY: pgettext_lazy("ground", "Privacy"),
    NoticeGround.SPEECH: pgettext_lazy("ground", "Unlawful speech"),
    NoticeGround.VIOLENCE: pgettext_lazy("ground", "Violence"),
    NoticeGround.CYBER_VIOLENCE: pgettext_lazy("ground", "Cyber violence"),
    NoticeGround.SECURITY: pgettext_lazy("ground", "Public security"),
    NoticeGround.SELF_HARM: pgettext_lazy("ground", "Self-harm"),
    NoticeGround.CIVIC: pgettext_lazy("ground", "Civic discourse"),
    NoticeGround.TERMS: pgettext_lazy("ground", "Against the terms"),
    NoticeGround.OTHER: pgettext_lazy("ground", "Other ground"),
}
"""The same in two or three words, for staff."""
GROUND_MATTER: dict[NoticeGround, Matter] = {
    NoticeGround.UNSAFE: Matter.UNSAFE_AND_PROHIBITED_PRODUCTS,
    NoticeGround.PROHIBITED: Matter.UNSAFE_AND_PROHIBITED_PRODUCTS,
    NoticeGround.COUNTERFEIT: Matter.INTELLECTUAL_PROPERTY_INFRINGEMENTS,
    NoticeGround.SCAM: Matter.SCAMS_AND_FRAUD,
    NoticeGround.CONSUMERS: Matter.CONSUMER_INFORMATION,
    NoticeGround.MINORS: Matter.PROTECTION_OF_MINORS,
    NoticeGround.CHILD_ABUSE: Matter.PROTECTION_OF_MINORS,
    NoticeGround.ANIMALS: Matter.ANIMAL_WELFARE,
    NoticeGround.PRIVACY: Matter.DATA_PROTECTION_AND_PRIVACY_VIOLATIONS,
    NoticeGround.SPEECH: Matter.ILLEGAL_OR_HARMFUL_SPEECH,
    NoticeGround.VIOLENCE: Matter.VIOLENCE,
    NoticeGround.CYBER_VIOLENCE: Matter.CYBER_VIOLENCE,
    NoticeGround.SECURITY: Matter.RISK_FOR_PUBLIC_SECURITY,
    NoticeGround.SELF_HARM: Matter.SELF_HARM,
    NoticeGround.CIVIC: Matter.NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS,
    NoticeGround.TERMS: Matter.OTHER_VIOLATION_TC,
    NoticeGround.OTHER: Matter.NOT_SPECIFIED_NOTICE,
}
GROUND_SEVERITY: dict[NoticeGround, Severity] = dict.fromkeys(NoticeGround, Severity.MODERATE) | {
    NoticeGround.UNSAFE: Severity.CRITICAL,
    NoticeGround.CHILD_ABUSE: Severity.CRITICAL,
    NoticeGround.PROHIBITED: Severity.SERIOUS,
    NoticeGround.COUNTERFEIT: Severity.SERIOUS,
    NoticeGround.SCAM: Severity.SERIOUS,
    NoticeGround.MINORS: Severity.SERIOUS,
    NoticeGround.SECURITY: Severity.SERIOUS,
}
"""How grave a case that notices open is taken to be, until a person has read them."""
SAFETY_GROUNDS = frozenset({NoticeGround.UNSAFE})
"""Product safety: answered within three working days (Regulation (EU) 2023/988 Art. 22)."""
NAMELESS_GROUNDS = frozenset({NoticeGround.CHILD_ABUSE})
"""Where whoever reports may leave out name and address (DSA Art. 16(2)(c))."""


class NoticeChannel(models.TextChoices):
    PAGE = "page", pgettext_lazy("channel", "Public page")
    STAFF = "staff", pgettext_lazy("channel", "Entered by hand")
    API = "api", pgettext_lazy("channel", "API")


class ReporterKind(models.TextChoices):
    ANONYMOUS = "anonymous", _("Anonymous")
    PERSON = "person", _("Person or organisation")
    BUYER = "buyer", _("Buyer")
    RIGHTS_HOLDER = "rights", _("Rights holder")
    FLAGGER = "flagger", _("Trusted flagger")


REPORTER_KIND_ICON: dict[ReporterKind, str] = {
    ReporterKind.ANONYMOUS: "unknown",
    ReporterKind.PERSON: "user",
    ReporterKind.BUYER: "cart",
    ReporterKind.RIGHTS_HOLDER: "certificate",
    ReporterKind.FLAGGER: "shield-check",
}
REPORTER_KIND_TONE: dict[ReporterKind, str] = dict.fromkeys(ReporterKind, "neutral") | {ReporterKind.FLAGGER: "info"}


class ReporterState(models.TextChoices):
    GOOD = "good", pgettext_lazy("reporter", "In good standing")
    WARNED = "warned", pgettext_lazy("reporter", "Warned")
    SUSPENDED = "suspended", pgettext_lazy("reporter", "Suspended")


# Suspended only after a warning (DSA Art. 23(2)), and warned still when the suspension has ended.
REPORTER_MOVES: dict[ReporterState, frozenset[ReporterState]] = {
    ReporterState.GOOD: frozenset({ReporterState.WARNED}),
    ReporterState.WARNED: frozenset({ReporterState.SUSPENDED, ReporterState.GOOD}),
    ReporterState.SUSPENDED: frozenset({ReporterState.WARNED}),
}
REPORTER_TONE: dict[ReporterState, str] = {
    ReporterState.GOOD: "ok",
    ReporterState.WARNED: "caution",
    ReporterState.SUSPENDED: "critical",
}
